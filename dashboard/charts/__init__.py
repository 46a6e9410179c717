"""Charts as data: records and arrays in, a Plotly figure (a plain dict) out. No Streamlit here.

Every function returns `{"data": [...], "layout": {...}}` of plain lists and NumPy arrays. The live component shows that
dict, `plotly.graph_objects.Figure(figure)` validates and exports it, so what moves and what is finished look alike.
Colours are those of light mode; `palette.themed(figure, dark=True)` gives the dark one (the live component does this
itself). `title` is the sentence above the picture. Names from data may hold anything: they are escaped here.

    curves.estimate(curves, truth=None, unit="nats", title="", at=None)   estimates against the step, truth dashed
    curves.loss(curves, title="", ylabel="", at=None)                     objectives against the step
        curves.Curve(name, label, method, steps, values, kind)            training | held out | closed form | loss
    surfaces.surface(x, y, z, title="", xlabel="x", ylabel="y", zlabel="", points=None, diverging=True, limit=None)
    surfaces.pair(x, y, z_left, z_right, titles, title="", …)             critic beside the truth, one colour range
    surfaces.density(x, y, p, means=None, weights=None, baseline=None, points=None, title="", …)
    heat.matrix(labels, values, unit="nats", title="", text=None)         MI between columns
    heat.errors(rows, columns, values, title="", text=None)               estimate less truth, tasks against estimators
    heat.confusion(counts, rows, columns, mapping=None, title="")         classes against clusters
    heat.joint(p, rows, columns, title="")                                a probability table
    heat.gallery(pictures, rows=None, title="")                           (k, m, h, w) pictures as one image
    points.scatter(x, y, xlabel, ylabel, title="")                        a sample
    points.learned_vs_true(learned, truth, label="", title="")            against the identity line
    bars.sizes(names, counts, title="", expected=None)                    rows per cluster
    bars.estimates(methods, labels, values, intervals, truth=None, unit="nats", title="")
    bars.against(names, values, intervals, target, unit="nats", title="", quiet=()) MI of columns with one target
    table.table(figure) -> dict[str, list]                                the columns behind the picture
    table.describe(figure) -> str                                         the text alternative

The few words that a chart adds itself are Sentences; `translated(figure, t)` says them where the figure is shown or exported.
"""
