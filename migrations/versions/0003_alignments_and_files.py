"""Alignments of versions, corrections by hand, the text in force, tables in public texts, files of versions.

An import keeps what staff corrected by hand and what they decided about its alignment as lists of acts, so that each
can be taken back until the version is published. `alignments` is frozen like the version that it belongs to.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


#: Read and added to by the application, never changed.
FROZEN = ("alignments",)


def upgrade() -> None:
    for name in ("corrections", "decisions"):
        op.add_column("draft_imports", sa.Column(name, JSONB(), server_default=sa.text("'[]'"), nullable=False),
                      schema="portal")
    op.add_column("draft_imports", sa.Column("proposal", JSONB(none_as_null=True), nullable=True), schema="portal")
    op.add_column("draft_imports", sa.Column("in_force", JSONB(none_as_null=True), nullable=True), schema="portal")
    op.add_column("draft_imports", sa.Column("in_force_filename", sa.Text(), nullable=True), schema="portal")
    op.add_column("draft_versions", sa.Column("in_force", JSONB(none_as_null=True), nullable=True), schema="portal")
    op.create_table(
        "alignments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("draft_version_id", sa.BigInteger(), nullable=False),
        sa.Column("against", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("old_eid", sa.Text(), nullable=True),
        sa.Column("new_eid", sa.Text(), nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("decided", sa.Text(), nullable=False),
        sa.CheckConstraint("against IN ('previous', 'in_force')", name=op.f("ck_alignments_against")),
        sa.CheckConstraint("change IN ('same', 'reworded', 'renumbered', 'moved', 'split', 'merged', 'deleted',"
                           " 'inserted')", name=op.f("ck_alignments_change")),
        sa.CheckConstraint("decided IN ('confirmed', 'corrected', 'as_proposed')", name=op.f("ck_alignments_decided")),
        sa.CheckConstraint("old_eid IS NOT NULL OR new_eid IS NOT NULL", name=op.f("ck_alignments_sides")),
        sa.ForeignKeyConstraint(["draft_version_id"], ["portal.draft_versions.id"],
                                name=op.f("fk_alignments_draft_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alignments")),
        sa.UniqueConstraint("draft_version_id", "against", "position",
                            name=op.f("uq_alignments_draft_version_id_against_position")),
        schema="portal",
    )
    for table in FROZEN:
        op.execute(f"GRANT SELECT, INSERT ON portal.{table} TO portal_app")

    op.add_column("clauses", sa.Column("tables", JSONB(none_as_null=True), nullable=True), schema="publication")
    op.execute("""
        UPDATE publication.clauses p SET tables = CASE jsonb_typeof(c.annex_table) WHEN 'array' THEN c.annex_table
               ELSE jsonb_build_array(c.annex_table) END
          FROM portal.clauses c JOIN portal.draft_versions v ON v.id = c.draft_version_id
         WHERE v.consultation_id = p.consultation_id AND v.number = p.version AND c.eid = p.eid
           AND jsonb_typeof(c.annex_table) IN ('array', 'object')""")
    op.create_table(
        "alignments",
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("against", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("old_eid", sa.Text(), nullable=True),
        sa.Column("new_eid", sa.Text(), nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("consultation_id", "version", "against", "position", name=op.f("pk_alignments")),
        schema="publication",
    )
    op.create_table(
        "files",
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("compared_with", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('ko', 'en')", name=op.f("ck_files_language")),
        sa.PrimaryKeyConstraint("consultation_id", "version", "compared_with", "language", "format",
                                name=op.f("pk_files")),
        schema="publication",
    )
    for table in ("alignments", "files"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON publication.{table} TO portal_app")
        op.execute(f"GRANT SELECT ON publication.{table} TO portal_public")


#: Pages that the former release has no templates for: it could not render them anew.
PAGES = ("public/compare.html", "public/compare_text.html", "public/files.html")


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM publication.pages WHERE template = ANY(:names)").bindparams(
        sa.bindparam("names", list(PAGES), type_=sa.ARRAY(sa.Text()))))
    op.drop_table("files", schema="publication")
    op.drop_table("alignments", schema="publication")
    op.drop_column("clauses", "tables", schema="publication")
    op.drop_table("alignments", schema="portal")
    op.drop_column("draft_versions", "in_force", schema="portal")
    for name in ("in_force_filename", "in_force", "proposal", "decisions", "corrections"):
        op.drop_column("draft_imports", name, schema="portal")
