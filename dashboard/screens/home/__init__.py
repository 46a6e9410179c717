"""Home: what this is in ten seconds, pictures of real runs, one button that starts one."""

from dashboard.pages import Page

PAGE = Page(name="home", title="Home", order=10)
