"""App: the entry point for `python -m streamlit run`. Which pages there are, and what is said if nothing can be read."""

import streamlit as st

from aios_assets.cli.opened import NoLake
from aios_assets.errors import AiosError
from audit.errors import AuditError
from dashboards import reading, show
from dashboards.views import feeds, ledger, matches, products, runs


def main() -> None:
    """Draws the page that the reader has chosen."""
    st.set_option("client.toolbarMode", "viewer")
    st.set_page_config(page_title="AIOS", page_icon=":material/verified:", layout="wide")
    page = st.navigation(
        [
            st.Page(runs.page, title="Runs", icon=":material/play_circle:", default=True),
            st.Page(feeds.page, title="Feeds", icon=":material/inbox:", url_path="feeds"),
            st.Page(matches.page, title="Matches", icon=":material/join_inner:", url_path="matches"),
            st.Page(products.page, title="Products", icon=":material/inventory_2:", url_path="products"),
            st.Page(ledger.page, title="Ledger", icon=":material/account_tree:", url_path="ledger"),
        ]
    )
    st.title(page.title)
    try:
        st.sidebar.caption(f"Lake: {reading.lake_name()}")
        page.run()
    except NoLake as none:
        show.empty(f"{none.what}: {none.why}.", "aios run FEED…")
    except AiosError as fault:
        st.error(f"**{fault.what}**: {fault.why}. To do: {fault.do}.", icon=":material/error:")
    except AuditError as fault:
        st.error(f"The ledger cannot be read: {fault}", icon=":material/error:")
    st.sidebar.caption("Every figure is read from a governed table; times are UTC.")


main()
