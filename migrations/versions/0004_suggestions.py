"""What the machine proposes to reviewers: words of segments, runs, proposed clusters and moves, suggestions, campaigns.

Nothing of it is frozen: it can be made anew. A cluster can be locked and merged into another one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

TABLES = (
    "segment_tokens",
    "analysis_runs",
    "proposed_clusters",
    "proposed_members",
    "proposed_moves",
    "suggestions",
    "campaigns",
    "campaign_members",
    "shared_passages",
)
VERBS_BEFORE = "'tagged', 'moved', 'clustered', 'split', 'carried'"


def upgrade() -> None:
    op.add_column(
        "clusters", sa.Column("locked", sa.Boolean(), server_default=sa.text("false"), nullable=False), schema="portal"
    )
    op.add_column("clusters", sa.Column("merged_into", sa.BigInteger(), nullable=True), schema="portal")
    op.create_foreign_key(
        op.f("fk_clusters_merged_into"),
        "clusters",
        "clusters",
        ["merged_into"],
        ["id"],
        source_schema="portal",
        referent_schema="portal",
    )
    op.drop_constraint(op.f("ck_batches_verb"), "batches", schema="portal")
    op.create_check_constraint(
        op.f("ck_batches_verb"), "batches", f"verb IN ({VERBS_BEFORE}, 'merged', 'regrouped')", schema="portal"
    )
    op.create_table(
        "segment_tokens",
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("tokeniser", sa.Text(), nullable=False),
        sa.Column("words", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("knows_batch", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["portal.segments.id"], name=op.f("fk_segment_tokens_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("segment_id", name=op.f("pk_segment_tokens")),
        schema="portal",
    )
    op.create_table(
        "analysis_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("stage", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("share", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.BigInteger(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by", sa.BigInteger(), nullable=True),
        sa.Column("engine", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("figures", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("problem", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "(state IN ('waiting', 'running')) = (finished_at IS NULL)", name=op.f("ck_analysis_runs_finished")
        ),
        sa.CheckConstraint("kind IN ('grouping', 'regrouping')", name=op.f("ck_analysis_runs_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_analysis_runs_state")
        ),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name=op.f("ck_analysis_runs_share")),
        sa.ForeignKeyConstraint(["applied_by"], ["portal.accounts.id"], name=op.f("fk_analysis_runs_applied_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["portal.accounts.id"], name=op.f("fk_analysis_runs_asked_by")),
        sa.ForeignKeyConstraint(["cancelled_by"], ["portal.accounts.id"], name=op.f("fk_analysis_runs_cancelled_by")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_analysis_runs_consultation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analysis_runs")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_analysis_runs_consultation_id_id"),
        "analysis_runs",
        ["consultation_id", "id"],
        unique=False,
        schema="portal",
    )
    op.create_index(
        "uq_analysis_runs_under_way",
        "analysis_runs",
        ["consultation_id"],
        unique=True,
        schema="portal",
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "proposed_clusters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("title_ko", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("terms", JSONB(), nullable=False),
        sa.Column("central", JSONB(), nullable=False),
        sa.Column("voices", sa.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("kept", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("cluster_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted') = (cluster_id IS NOT NULL)", name=op.f("ck_proposed_clusters_accepted")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'dismissed', 'replaced', 'regrouping')",
            name=op.f("ck_proposed_clusters_state"),
        ),
        sa.ForeignKeyConstraint(["cluster_id"], ["portal.clusters.id"], name=op.f("fk_proposed_clusters_cluster_id")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_proposed_clusters_consultation_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["portal.accounts.id"], name=op.f("fk_proposed_clusters_decided_by")),
        sa.ForeignKeyConstraint(["run_id"], ["portal.analysis_runs.id"], name=op.f("fk_proposed_clusters_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_clusters")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_proposed_clusters_consultation_id_state_id"),
        "proposed_clusters",
        ["consultation_id", "state", "id"],
        unique=False,
        schema="portal",
    )
    op.create_index(op.f("ix_proposed_clusters_run_id"), "proposed_clusters", ["run_id"], unique=False, schema="portal")
    op.create_table(
        "proposed_members",
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["portal.proposed_clusters.id"], name=op.f("fk_proposed_members_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["portal.segments.id"], name=op.f("fk_proposed_members_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("proposal_id", "segment_id", name=op.f("pk_proposed_members")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_proposed_members_segment_id"), "proposed_members", ["segment_id"], unique=False, schema="portal"
    )
    op.create_table(
        "proposed_moves",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("cluster_before", sa.BigInteger(), nullable=True),
        sa.Column("cluster_after", sa.BigInteger(), nullable=True),
        sa.Column("proposal_after", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("cluster_after IS NULL OR proposal_after IS NULL", name=op.f("ck_proposed_moves_one_place")),
        sa.ForeignKeyConstraint(
            ["cluster_after"], ["portal.clusters.id"], name=op.f("fk_proposed_moves_cluster_after")
        ),
        sa.ForeignKeyConstraint(
            ["cluster_before"], ["portal.clusters.id"], name=op.f("fk_proposed_moves_cluster_before")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_after"], ["portal.proposed_clusters.id"], name=op.f("fk_proposed_moves_proposal_after")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["portal.analysis_runs.id"], name=op.f("fk_proposed_moves_run_id")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["portal.segments.id"], name=op.f("fk_proposed_moves_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "segment_id", name=op.f("pk_proposed_moves")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_proposed_moves_segment_id"), "proposed_moves", ["segment_id"], unique=False, schema="portal"
    )
    op.create_table(
        "suggestions",
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("tag_id", sa.BigInteger(), nullable=True),
        sa.Column("cluster_id", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("fits", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("evidence", JSONB(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'tag') = (tag_id IS NOT NULL) AND (kind = 'cluster') = (cluster_id IS NOT NULL)",
            name=op.f("ck_suggestions_what"),
        ),
        sa.CheckConstraint("kind IN ('tag', 'cluster')", name=op.f("ck_suggestions_kind")),
        sa.CheckConstraint("rank BETWEEN 1 AND 3", name=op.f("ck_suggestions_rank")),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_suggestions_score")),
        sa.ForeignKeyConstraint(["cluster_id"], ["portal.clusters.id"], name=op.f("fk_suggestions_cluster_id")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["portal.segments.id"], name=op.f("fk_suggestions_segment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["portal.tags.id"], name=op.f("fk_suggestions_tag_id")),
        sa.PrimaryKeyConstraint("segment_id", "kind", "rank", name=op.f("pk_suggestions")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_suggestions_cluster_id_fits"), "suggestions", ["cluster_id", "fits"], unique=False, schema="portal"
    )
    op.create_index(op.f("ix_suggestions_tag_id"), "suggestions", ["tag_id"], unique=False, schema="portal")
    op.create_table(
        "campaigns",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("cluster_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("(state = 'accepted') = (cluster_id IS NOT NULL)", name=op.f("ck_campaigns_accepted")),
        sa.CheckConstraint("state IN ('open', 'accepted', 'dismissed', 'replaced')", name=op.f("ck_campaigns_state")),
        sa.ForeignKeyConstraint(["cluster_id"], ["portal.clusters.id"], name=op.f("fk_campaigns_cluster_id")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_campaigns_consultation_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["portal.accounts.id"], name=op.f("fk_campaigns_decided_by")),
        sa.ForeignKeyConstraint(["run_id"], ["portal.analysis_runs.id"], name=op.f("fk_campaigns_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_campaigns_consultation_id_state_id"),
        "campaigns",
        ["consultation_id", "state", "id"],
        unique=False,
        schema="portal",
    )
    op.create_table(
        "campaign_members",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("template", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("additions", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("omissions", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["portal.campaigns.id"], name=op.f("fk_campaign_members_campaign_id")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["portal.segments.id"], name=op.f("fk_campaign_members_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "segment_id", name=op.f("pk_campaign_members")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_campaign_members_segment_id"), "campaign_members", ["segment_id"], unique=False, schema="portal"
    )
    op.create_index(
        "uq_campaign_members_template",
        "campaign_members",
        ["campaign_id"],
        unique=True,
        schema="portal",
        postgresql_where=sa.text("template"),
    )
    op.create_table(
        "shared_passages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("segment_ids", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_shared_passages_consultation_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["portal.analysis_runs.id"], name=op.f("fk_shared_passages_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_passages")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_shared_passages_consultation_id_id"),
        "shared_passages",
        ["consultation_id", "id"],
        unique=False,
        schema="portal",
    )
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON portal.{table} TO portal_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table, schema="portal")
    # What was moved stays moved and can be taken back; the former release knows no other word for it.
    op.execute("UPDATE portal.batches SET verb = 'moved' WHERE verb IN ('merged', 'regrouped')")
    op.drop_constraint(op.f("ck_batches_verb"), "batches", schema="portal")
    op.create_check_constraint(op.f("ck_batches_verb"), "batches", f"verb IN ({VERBS_BEFORE})", schema="portal")
    op.drop_constraint(op.f("fk_clusters_merged_into"), "clusters", schema="portal")
    op.drop_column("clusters", "merged_into", schema="portal")
    op.drop_column("clusters", "locked", schema="portal")
