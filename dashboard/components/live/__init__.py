"""A Plotly chart that receives only what is new: the node stays, the viewer's zoom stays, an update is under 1 KB.

Make a `LiveChart` in the page's body and hand it to the fragment that polls; call `show` with the *whole* figure each
time. It sends the whole figure once and then only the difference. A page that runs again makes a new `LiveChart`, which
sends the whole again, so a refresh, a second tab or a returning page always has the full curve.

    @st.fragment(run_every=0.5)
    def panel(chart: LiveChart) -> None:
        chart.show(curves.estimate(...), height=380)

    panel(LiveChart("estimate"))

`show(figure, height=360, alt="")`; finished figures: `show(figure, key, height=360, alt="")` of this module.
"""
