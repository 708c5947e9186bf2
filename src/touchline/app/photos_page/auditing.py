"""The tab where a folder enters the catalog and is looked over for trouble."""

import streamlit as st

from touchline.app.jobs.records import Job
from touchline.app.jobs.starting import new_folder
from touchline.app.photos_page.choosing import choose_folder
from touchline.app.reports import job_report_url
from touchline.app.work_list import newest, start_and_show
from touchline.app.workspace import Workspace

AUDIT = ("photos", "audit")


def show_index_and_audit(workspace: Workspace) -> None:
    """A folder to choose, and two buttons: into the catalog, and looked over."""
    folder = choose_folder(workspace, "Folder", "folder to index")
    st.caption(
        "*Index* reads what is new or changed into the catalog; photos are never touched. *Audit* "
        "looks at a folder with one folder for each class, and finds copies, bursts, doubtful "
        "labels and left/right trouble."
    )
    judges = st.checkbox("In the audit, also judge the labels (takes longer)", value=False)
    row = st.container(horizontal=True)
    if row.button("Index this folder", type="primary"):
        start_and_show(workspace, f"Index {folder.name}", ["archive", "index", str(folder)])
    if row.button("Audit this folder"):
        place = new_folder(workspace)
        words = [*AUDIT, str(folder), "--out", str(place / "audit")]
        if not judges:
            words.append("--no-judge")
        start_and_show(workspace, f"Audit {folder.name}", words, place)
    if (job := newest(workspace, *AUDIT)) is not None:
        _show_audit(job)


def _show_audit(job: Job) -> None:
    if job.state == "running":
        return
    st.subheader("The latest audit")
    if not (job.folder / "audit" / "audit.html").is_file():
        st.error("The audit could not be made:")
        st.code(job.messages, language=None, wrap_lines=True)
        return
    if job.state == "not passed":
        st.warning("It found something that would make a score a lie; read it before you teach.")
    st.code(job.output, language=None, wrap_lines=True)
    st.link_button("Open the audit in a page of its own", job_report_url(job.id, "audit"))
    st.iframe(job_report_url(job.id, "audit"), height=700, alt="The latest audit")
