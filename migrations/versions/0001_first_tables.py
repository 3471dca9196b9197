"""The first tables, in two schemas, and what each role may do with them.

`portal` holds everything private, `publication` what the public reads. Frozen tables give the role *app* INSERT and
SELECT only: what was filed, published or recorded cannot be changed by any mistake in a service.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

revision = "0001"
down_revision = None


FROZEN = (
    "audit_chain",
    "audit_events",
    "clauses",
    "comments",
    "draft_versions",
    "filings",
    "leaves",
    "lineages",
    "period_extensions",
    "receipts",
    "response_editions",
    "segment_changes",
    "withdrawals",
    "filing_salts",
)
#: Tables whose rows the application also deletes: what is only at hand, never what was filed or decided.
DELETABLE = (
    "dirty",
    "draft_imports",
    "notice_documents",
    "rate_limits",
    "response_authors",
    "seen_segments",
    "segment_tags",
    "segment_words",
    "segments",
    "holiday_overrides",
    "sign_ups",
)
KEPT = (
    "accounts",
    "batches",
    "invitations",
    "clusters",
    "comment_periods",
    "consultations",
    "draft_comments",
    "join_requests",
    "mailed_links",
    "mails",
    "memberships",
    "ministries",
    "organisations",
    "recovery_codes",
    "responses",
    "sessions",
    "staff_roles",
    "submissions",
    "tags",
    "topics",
)


def upgrade() -> None:
    op.execute("CREATE SCHEMA portal")
    op.execute("CREATE SCHEMA publication")
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("totp_pending", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("email = lower(email) AND position('@' in email) > 1", name=op.f("ck_accounts_email")),
        sa.CheckConstraint("locale IN ('ko', 'en')", name=op.f("ck_accounts_locale")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        schema="portal",
    )
    op.create_index("uq_accounts_email", "accounts", ["email"], unique=True, schema="portal")
    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "xid", sa.BigInteger(), server_default=sa.text("(pg_current_xact_id()::text)::bigint"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("ministry_id", sa.BigInteger(), nullable=True),
        sa.Column("consultation_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("data", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_audit_events_consultation_id_id"),
        "audit_events",
        ["consultation_id", "id"],
        unique=False,
        schema="portal",
    )
    op.create_index(
        op.f("ix_audit_events_subject_kind_subject_id"),
        "audit_events",
        ["subject_kind", "subject_id"],
        unique=False,
        schema="portal",
    )
    op.create_index(op.f("ix_audit_events_xid_id"), "audit_events", ["xid", "id"], unique=False, schema="portal")
    op.create_table(
        "dirty",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dirty")),
        schema="portal",
    )
    op.create_index(op.f("ix_dirty_kind_key"), "dirty", ["kind", "key"], unique=False, schema="portal")
    op.create_table(
        "holiday_overrides",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_holiday", sa.Boolean(), nullable=False),
        sa.Column("name_ko", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday_overrides")),
        schema="portal",
    )
    op.create_table(
        "leaves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "xid", sa.BigInteger(), server_default=sa.text("(pg_current_xact_id()::text)::bigint"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_leaves_subject_id")),
        schema="portal",
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ministry_id", sa.BigInteger(), nullable=True),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('waiting', 'sent', 'failed')", name=op.f("ck_mails_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        schema="portal",
    )
    op.create_index(op.f("ix_mails_ministry_id_id"), "mails", ["ministry_id", "id"], unique=False, schema="portal")
    op.create_index(op.f("ix_mails_status_id"), "mails", ["status", "id"], unique=False, schema="portal")
    op.create_index("uq_mails_key", "mails", ["key"], unique=True, schema="portal")
    op.create_table(
        "ministries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name_ko", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ministries")),
        sa.UniqueConstraint("slug", name=op.f("uq_ministries_slug")),
        schema="portal",
    )
    op.create_table(
        "rate_limits",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limits")),
        schema="portal",
        prefixes=["UNLOGGED"],
    )
    op.create_index(op.f("ix_rate_limits_expires_at"), "rate_limits", ["expires_at"], unique=False, schema="portal")
    op.create_table(
        "sign_ups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name_ko", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('company', 'association', 'law_firm', 'civil_society', 'individual', 'other')",
            name=op.f("ck_sign_ups_kind"),
        ),
        sa.CheckConstraint("locale IN ('ko', 'en')", name=op.f("ck_sign_ups_locale")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ups")),
        schema="portal",
    )
    op.create_index(op.f("ix_sign_ups_expires_at"), "sign_ups", ["expires_at"], unique=False, schema="portal")
    op.create_index("uq_sign_ups_digest", "sign_ups", ["digest"], unique=True, schema="portal")
    op.create_table(
        "audit_chain",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["portal.audit_events.id"], name=op.f("fk_audit_chain_event_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_chain")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_chain_event_id")),
        schema="portal",
    )
    op.create_table(
        "consultations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ministry_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("draft_kind", sa.Text(), nullable=False),
        sa.Column("title_ko", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("notice_number", sa.Text(), nullable=False),
        sa.Column("gazette_number", sa.Text(), nullable=False),
        sa.Column("gazette_url", sa.Text(), nullable=False),
        sa.Column("legal_basis_ko", sa.Text(), nullable=False),
        sa.Column("legal_basis_en", sa.Text(), nullable=False),
        sa.Column("reason_ko", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("main_content_ko", sa.Text(), nullable=False),
        sa.Column("main_content_en", sa.Text(), nullable=False),
        sa.Column("receiving_body_ko", sa.Text(), nullable=False),
        sa.Column("receiving_body_en", sa.Text(), nullable=False),
        sa.Column("method_ko", sa.Text(), nullable=False),
        sa.Column("method_en", sa.Text(), nullable=False),
        sa.Column("number_prefix", sa.Text(), nullable=False),
        sa.Column("comments_appear", sa.Text(), nullable=False),
        sa.Column("responses_while_open", sa.Boolean(), nullable=False),
        sa.Column("technical_review", sa.Boolean(), nullable=False),
        sa.Column("legal_review", sa.Boolean(), nullable=False),
        sa.Column("omitted_documents", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "comments_appear IN ('after_close', 'as_screened')", name=op.f("ck_consultations_comments_appear")
        ),
        sa.CheckConstraint(
            "draft_kind IN ('enactment', 'full_amendment', 'partial_amendment', 'repeal')",
            name=op.f("ck_consultations_draft_kind"),
        ),
        sa.CheckConstraint(
            "kind IN ('legislative_notice', 'administrative_notice')", name=op.f("ck_consultations_kind")
        ),
        sa.CheckConstraint("number_prefix ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$'", name=op.f("ck_consultations_number_prefix")),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name=op.f("ck_consultations_slug")
        ),
        sa.CheckConstraint(
            "concluded_at IS NULL OR announced_at IS NOT NULL", name=op.f("ck_consultations_concluded_after_announced")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["portal.accounts.id"], name=op.f("fk_consultations_created_by")),
        sa.ForeignKeyConstraint(["ministry_id"], ["portal.ministries.id"], name=op.f("fk_consultations_ministry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_consultations_ministry_id"), "consultations", ["ministry_id"], unique=False, schema="portal"
    )
    op.create_index("uq_consultations_number_prefix", "consultations", ["number_prefix"], unique=True, schema="portal")
    op.create_index("uq_consultations_slug", "consultations", ["slug"], unique=True, schema="portal")
    op.create_table(
        "mailed_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('confirm_email', 'reset_password', 'accept_invitation')", name=op.f("ck_mailed_links_purpose")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["portal.accounts.id"], name=op.f("fk_mailed_links_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailed_links")),
        schema="portal",
    )
    op.create_index(op.f("ix_mailed_links_account_id"), "mailed_links", ["account_id"], unique=False, schema="portal")
    op.create_index("uq_mailed_links_digest", "mailed_links", ["digest"], unique=True, schema="portal")
    op.create_table(
        "organisations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name_ko", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name_key_en", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("mail_domain", sa.Text(), nullable=True),
        sa.Column("registration_number", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("show_full_name", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("member_count", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('company', 'association', 'law_firm', 'civil_society', 'individual', 'other')",
            name=op.f("ck_organisations_kind"),
        ),
        sa.CheckConstraint("registration_number ~ '^[0-9]{10}$'", name=op.f("ck_organisations_registration_number")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["portal.accounts.id"], name=op.f("fk_organisations_confirmed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_organisations_mail_domain"), "organisations", ["mail_domain"], unique=False, schema="portal"
    )
    op.create_index(op.f("ix_organisations_name_key"), "organisations", ["name_key"], unique=False, schema="portal")
    op.create_index(
        op.f("ix_organisations_name_key_en"), "organisations", ["name_key_en"], unique=False, schema="portal"
    )
    op.create_index(
        "uq_organisations_registration_number", "organisations", ["registration_number"], unique=True, schema="portal"
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["portal.accounts.id"], name=op.f("fk_recovery_codes_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_recovery_codes_account_id"), "recovery_codes", ["account_id"], unique=False, schema="portal"
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["portal.accounts.id"], name=op.f("fk_sessions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        schema="portal",
    )
    op.create_index(op.f("ix_sessions_account_id"), "sessions", ["account_id"], unique=False, schema="portal")
    op.create_index("uq_sessions_digest", "sessions", ["digest"], unique=True, schema="portal")
    op.create_table(
        "staff_roles",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ministry_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("given_by", sa.BigInteger(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('reviewer', 'approver', 'publisher', 'administrator', 'adviser')",
            name=op.f("ck_staff_roles_role"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["portal.accounts.id"], name=op.f("fk_staff_roles_account_id")),
        sa.ForeignKeyConstraint(["given_by"], ["portal.accounts.id"], name=op.f("fk_staff_roles_given_by")),
        sa.ForeignKeyConstraint(["ministry_id"], ["portal.ministries.id"], name=op.f("fk_staff_roles_ministry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_roles")),
        schema="portal",
    )
    op.create_index(op.f("ix_staff_roles_account_id"), "staff_roles", ["account_id"], unique=False, schema="portal")
    op.create_index(
        "uq_staff_roles_current",
        "staff_roles",
        ["ministry_id", "account_id", "role"],
        unique=True,
        schema="portal",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "batches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("segment_count", sa.BigInteger(), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "verb IN ('tagged', 'moved', 'clustered', 'split', 'carried')", name=op.f("ck_batches_verb")
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_batches_consultation_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["portal.accounts.id"], name=op.f("fk_batches_made_by")),
        sa.ForeignKeyConstraint(["undone_by"], ["portal.accounts.id"], name=op.f("fk_batches_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_batches_consultation_id_id"), "batches", ["consultation_id", "id"], unique=False, schema="portal"
    )
    op.create_table(
        "clusters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("title_ko", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("issue_ko", sa.Text(), nullable=False),
        sa.Column("issue_en", sa.Text(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_clusters_consultation_id")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["portal.accounts.id"], name=op.f("fk_clusters_created_by")),
        sa.ForeignKeyConstraint(["updated_by"], ["portal.accounts.id"], name=op.f("fk_clusters_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clusters")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_clusters_consultation_id_id"), "clusters", ["consultation_id", "id"], unique=False, schema="portal"
    )
    op.create_table(
        "comment_periods",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("short_period_record", sa.Text(), nullable=False),
        sa.Column("scope", JSONB(), nullable=True),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_comment_periods_closes_after_opens")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_comment_periods_number")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_comment_periods_consultation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_periods")),
        sa.UniqueConstraint("consultation_id", "number", name=op.f("uq_comment_periods_consultation_id_number")),
        schema="portal",
    )
    op.create_table(
        "draft_imports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("source_format", sa.Text(), nullable=False),
        sa.Column("source_digest", sa.Text(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("not_placed", JSONB(), nullable=False),
        sa.Column("imported_by", sa.BigInteger(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("english", JSONB(), nullable=True),
        sa.Column("english_filename", sa.Text(), nullable=True),
        sa.Column("outside_notice", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_draft_imports_consultation_id")
        ),
        sa.ForeignKeyConstraint(["imported_by"], ["portal.accounts.id"], name=op.f("fk_draft_imports_imported_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_imports")),
        sa.UniqueConstraint("consultation_id", name=op.f("uq_draft_imports_consultation_id")),
        schema="portal",
    )
    op.create_table(
        "draft_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("title_ko", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("note_ko", sa.Text(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=False),
        sa.Column("source_format", sa.Text(), nullable=False),
        sa.Column("source_digest", sa.Text(), nullable=False),
        sa.Column("clause_count", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_draft_versions_number")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_draft_versions_consultation_id")
        ),
        sa.ForeignKeyConstraint(["published_by"], ["portal.accounts.id"], name=op.f("fk_draft_versions_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_versions")),
        sa.UniqueConstraint("consultation_id", "number", name=op.f("uq_draft_versions_consultation_id_number")),
        schema="portal",
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("roles", ARRAY(sa.Text()), nullable=False),
        sa.Column("invited_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "roles <@ ARRAY['drafter', 'checker', 'signer', 'manager', 'observer']::text[]",
            name=op.f("ck_invitations_roles"),
        ),
        sa.CheckConstraint("cardinality(roles) > 0", name=op.f("ck_invitations_roles_some")),
        sa.ForeignKeyConstraint(["invited_by"], ["portal.accounts.id"], name=op.f("fk_invitations_invited_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["portal.organisations.id"], name=op.f("fk_invitations_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        schema="portal",
    )
    op.create_index("uq_invitations_digest", "invitations", ["digest"], unique=True, schema="portal")
    op.create_index(
        "uq_invitations_open",
        "invitations",
        ["organisation_id", "email"],
        unique=True,
        schema="portal",
        postgresql_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "join_requests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("declared_name", sa.Text(), nullable=False),
        sa.Column("matched_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("outcome IN ('accepted', 'declined')", name=op.f("ck_join_requests_outcome")),
        sa.ForeignKeyConstraint(["account_id"], ["portal.accounts.id"], name=op.f("fk_join_requests_account_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["portal.organisations.id"], name=op.f("fk_join_requests_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_requests")),
        schema="portal",
    )
    op.create_index(op.f("ix_join_requests_account_id"), "join_requests", ["account_id"], unique=False, schema="portal")
    op.create_index(
        "uq_join_requests_open",
        "join_requests",
        ["organisation_id", "account_id"],
        unique=True,
        schema="portal",
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "lineages",
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_lineages_consultation_id")
        ),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_lineages")),
        schema="portal",
    )
    op.create_index(op.f("ix_lineages_consultation_id"), "lineages", ["consultation_id"], unique=False, schema="portal")
    op.create_table(
        "memberships",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("roles", ARRAY(sa.Text()), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "roles <@ ARRAY['drafter', 'checker', 'signer', 'manager', 'observer']::text[]",
            name=op.f("ck_memberships_roles"),
        ),
        sa.CheckConstraint("cardinality(roles) > 0", name=op.f("ck_memberships_roles_some")),
        sa.ForeignKeyConstraint(["account_id"], ["portal.accounts.id"], name=op.f("fk_memberships_account_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["portal.organisations.id"], name=op.f("fk_memberships_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        schema="portal",
    )
    op.create_index(op.f("ix_memberships_account_id"), "memberships", ["account_id"], unique=False, schema="portal")
    op.create_index(
        "uq_memberships_current",
        "memberships",
        ["organisation_id", "account_id"],
        unique=True,
        schema="portal",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "notice_documents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_ko", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('full_text', 'old_new_table', 'impact_analysis', 'article_reasons', 'other')",
            name=op.f("ck_notice_documents_kind"),
        ),
        sa.CheckConstraint("octet_length(content) BETWEEN 1 AND 20971520", name=op.f("ck_notice_documents_size")),
        sa.ForeignKeyConstraint(["added_by"], ["portal.accounts.id"], name=op.f("fk_notice_documents_added_by")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_notice_documents_consultation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_documents")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_notice_documents_consultation_id"),
        "notice_documents",
        ["consultation_id"],
        unique=False,
        schema="portal",
    )
    op.create_table(
        "topics",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name_ko", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_topics_consultation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
        sa.UniqueConstraint("consultation_id", "key", name=op.f("uq_topics_consultation_id_key")),
        schema="portal",
    )
    op.create_table(
        "clauses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("draft_version_id", sa.BigInteger(), nullable=False),
        sa.Column("lineage_uid", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("eid", sa.Text(), nullable=False),
        sa.Column("parent_eid", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("heading_ko", sa.Text(), nullable=True),
        sa.Column("heading_en", sa.Text(), nullable=True),
        sa.Column("text_ko", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=True),
        sa.Column("notes", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("under_consultation", sa.Boolean(), nullable=False),
        sa.Column("annex_table", JSONB(), nullable=True),
        sa.CheckConstraint("status IN ('in_force', 'deleted')", name=op.f("ck_clauses_status")),
        sa.ForeignKeyConstraint(
            ["draft_version_id"], ["portal.draft_versions.id"], name=op.f("fk_clauses_draft_version_id")
        ),
        sa.ForeignKeyConstraint(["lineage_uid"], ["portal.lineages.uid"], name=op.f("fk_clauses_lineage_uid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clauses")),
        sa.UniqueConstraint("draft_version_id", "eid", name=op.f("uq_clauses_draft_version_id_eid")),
        sa.UniqueConstraint("draft_version_id", "position", name=op.f("uq_clauses_draft_version_id_position")),
        schema="portal",
    )
    op.create_index(op.f("ix_clauses_lineage_uid"), "clauses", ["lineage_uid"], unique=False, schema="portal")
    op.create_table(
        "period_extensions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("period_id", sa.BigInteger(), nullable=False),
        sa.Column("old_closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("new_closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_ko", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("extended_by", sa.BigInteger(), nullable=True),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("new_closes_at > old_closes_at", name=op.f("ck_period_extensions_later")),
        sa.ForeignKeyConstraint(["extended_by"], ["portal.accounts.id"], name=op.f("fk_period_extensions_extended_by")),
        sa.ForeignKeyConstraint(
            ["period_id"], ["portal.comment_periods.id"], name=op.f("fk_period_extensions_period_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_extensions")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_period_extensions_period_id"), "period_extensions", ["period_id"], unique=False, schema="portal"
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("period_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("public_number", sa.Text(), nullable=True),
        sa.Column("filing_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("current_filing_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_submissions_consultation_id")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["portal.accounts.id"], name=op.f("fk_submissions_created_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["portal.organisations.id"], name=op.f("fk_submissions_organisation_id")
        ),
        sa.ForeignKeyConstraint(["period_id"], ["portal.comment_periods.id"], name=op.f("fk_submissions_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("period_id", "organisation_id", name=op.f("uq_submissions_period_id_organisation_id")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_submissions_consultation_id_id"),
        "submissions",
        ["consultation_id", "id"],
        unique=False,
        schema="portal",
    )
    op.create_index(
        op.f("ix_submissions_organisation_id"), "submissions", ["organisation_id"], unique=False, schema="portal"
    )
    op.create_index("uq_submissions_public_number", "submissions", ["public_number"], unique=True, schema="portal")
    op.create_table(
        "tags",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name_ko", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["consultation_id"], ["portal.consultations.id"], name=op.f("fk_tags_consultation_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["portal.topics.id"], name=op.f("fk_tags_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("consultation_id", "key", name=op.f("uq_tags_consultation_id_key")),
        schema="portal",
    )
    op.create_index(op.f("ix_tags_topic_id"), "tags", ["topic_id"], unique=False, schema="portal")
    op.create_table(
        "draft_comments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("draft_version_id", sa.BigInteger(), nullable=False),
        sa.Column("clause_eid", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), server_default=sa.text("'ko'"), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("proposal_form", sa.Text(), nullable=True),
        sa.Column("proposal_language", sa.Text(), nullable=True),
        sa.Column("proposal_old", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("proposal_text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("legal_basis", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("confidential", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "position IN ('support', 'oppose', 'amend', 'question')", name=op.f("ck_draft_comments_position")
        ),
        sa.CheckConstraint(
            "proposal_form IN ('full_text', 'fragment', 'new_clause', 'deletion', 'instruction')",
            name=op.f("ck_draft_comments_proposal_form"),
        ),
        sa.CheckConstraint("proposal_language IN ('ko', 'en')", name=op.f("ck_draft_comments_proposal_language")),
        sa.ForeignKeyConstraint(
            ["draft_version_id"], ["portal.draft_versions.id"], name=op.f("fk_draft_comments_draft_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["portal.submissions.id"], name=op.f("fk_draft_comments_submission_id")
        ),
        sa.ForeignKeyConstraint(["updated_by"], ["portal.accounts.id"], name=op.f("fk_draft_comments_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_comments")),
        sa.UniqueConstraint("uid", name=op.f("uq_draft_comments_uid")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_draft_comments_submission_id_ordinal"),
        "draft_comments",
        ["submission_id", "ordinal"],
        unique=False,
        schema="portal",
    )
    op.create_table(
        "filings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_seconds", sa.BigInteger(), nullable=False),
        sa.Column("filed_by", sa.BigInteger(), nullable=False),
        sa.Column("signer_name", sa.Text(), nullable=False),
        sa.Column("signer_title", sa.Text(), nullable=False),
        sa.Column("organisation_name_ko", sa.Text(), nullable=False),
        sa.Column("organisation_name_en", sa.Text(), nullable=False),
        sa.Column("terms_version", sa.Text(), nullable=False),
        sa.Column("terms_digest", sa.Text(), nullable=False),
        sa.Column("comment_count", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.CheckConstraint("comment_count >= 1", name=op.f("ck_filings_comment_count")),
        sa.CheckConstraint("late_seconds BETWEEN 0 AND 60", name=op.f("ck_filings_late_seconds")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_filings_consultation_id")
        ),
        sa.ForeignKeyConstraint(["filed_by"], ["portal.accounts.id"], name=op.f("fk_filings_filed_by")),
        sa.ForeignKeyConstraint(["submission_id"], ["portal.submissions.id"], name=op.f("fk_filings_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filings")),
        sa.UniqueConstraint("submission_id", "number", name=op.f("uq_filings_submission_id_number")),
        sa.UniqueConstraint("submission_id", "request_key", name=op.f("uq_filings_submission_id_request_key")),
        schema="portal",
    )
    op.create_index(op.f("ix_filings_consultation_id"), "filings", ["consultation_id"], unique=False, schema="portal")
    op.create_table(
        "comments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("filing_id", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("draft_version_id", sa.BigInteger(), nullable=False),
        sa.Column("clause_eid", sa.Text(), nullable=False),
        sa.Column("lineage_uid", sa.Uuid(), nullable=True),
        sa.Column("outside_notice", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("proposal_form", sa.Text(), nullable=True),
        sa.Column("proposal_language", sa.Text(), nullable=True),
        sa.Column("proposal_old", sa.Text(), nullable=False),
        sa.Column("proposal_text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("confidential", JSONB(), nullable=False),
        sa.Column("finds", JSONB(), nullable=False),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "position <> 'amend' OR proposal_form IS NOT NULL OR reason <> ''", name=op.f("ck_comments_amend_says_what")
        ),
        sa.CheckConstraint("position IN ('support', 'oppose', 'amend', 'question')", name=op.f("ck_comments_position")),
        sa.CheckConstraint(
            "proposal_form IN ('full_text', 'fragment', 'new_clause', 'deletion', 'instruction')",
            name=op.f("ck_comments_proposal_form"),
        ),
        sa.CheckConstraint("proposal_language IN ('ko', 'en')", name=op.f("ck_comments_proposal_language")),
        sa.CheckConstraint(
            "(proposal_form IS NULL) = (proposal_language IS NULL)", name=op.f("ck_comments_proposal_whole")
        ),
        sa.ForeignKeyConstraint(
            ["draft_version_id"], ["portal.draft_versions.id"], name=op.f("fk_comments_draft_version_id")
        ),
        sa.ForeignKeyConstraint(["filing_id"], ["portal.filings.id"], name=op.f("fk_comments_filing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("filing_id", "number", name=op.f("uq_comments_filing_id_number")),
        schema="portal",
    )
    op.create_index(op.f("ix_comments_uid"), "comments", ["uid"], unique=False, schema="portal")
    op.create_table(
        "filing_salts",
        sa.Column("filing_id", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["portal.filings.id"], name=op.f("fk_filing_salts_filing_id")),
        sa.PrimaryKeyConstraint("filing_id", name=op.f("pk_filing_salts")),
        schema="portal",
    )
    op.create_table(
        "receipts",
        sa.Column("filing_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.CheckConstraint("number ~ '^R-[0-9A-Z-]+$'", name=op.f("ck_receipts_number")),
        sa.ForeignKeyConstraint(["filing_id"], ["portal.filings.id"], name=op.f("fk_receipts_filing_id")),
        sa.PrimaryKeyConstraint("filing_id", name=op.f("pk_receipts")),
        schema="portal",
    )
    op.create_index("uq_receipts_number", "receipts", ["number"], unique=True, schema="portal")
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("filing_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["portal.filings.id"], name=op.f("fk_withdrawals_filing_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["portal.submissions.id"], name=op.f("fk_withdrawals_submission_id")
        ),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["portal.accounts.id"], name=op.f("fk_withdrawals_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
        sa.UniqueConstraint("filing_id", name=op.f("uq_withdrawals_filing_id")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_withdrawals_submission_id"), "withdrawals", ["submission_id"], unique=False, schema="portal"
    )
    op.create_table(
        "segment_changes",
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("tags_added", sa.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("tags_removed", sa.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("cluster_before", sa.BigInteger(), nullable=True),
        sa.Column("cluster_after", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["portal.batches.id"], name=op.f("fk_segment_changes_batch_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["portal.comments.id"], name=op.f("fk_segment_changes_comment_id")),
        sa.PrimaryKeyConstraint("batch_id", "segment_id", name=op.f("pk_segment_changes")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_segment_changes_comment_id_batch_id"),
        "segment_changes",
        ["comment_id", "batch_id"],
        unique=False,
        schema="portal",
    )
    op.create_table(
        "segments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_uid", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("no_point", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("clause_eid", sa.Text(), nullable=False),
        sa.Column("clause_order", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_kind", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("cluster_id", sa.BigInteger(), nullable=True),
        sa.Column("coverage", sa.Text(), nullable=False),
        sa.Column("excuse", sa.Text(), nullable=True),
        sa.Column("dealt_with", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("(coverage = 'excused') = (excuse IS NOT NULL)", name=op.f("ck_segments_excused")),
        sa.CheckConstraint(
            "coverage IN ('untriaged', 'triaged', 'disposed', 'approved', 'published', 'excused')",
            name=op.f("ck_segments_coverage"),
        ),
        sa.CheckConstraint("excuse IN ('withdrawn', 'superseded', 'erased')", name=op.f("ck_segments_excuse")),
        sa.CheckConstraint("position IN ('support', 'oppose', 'amend', 'question')", name=op.f("ck_segments_position")),
        sa.CheckConstraint("NOT (no_point AND cluster_id IS NOT NULL)", name=op.f("ck_segments_no_point_no_cluster")),
        sa.CheckConstraint('start >= 0 AND "end" >= start', name=op.f("ck_segments_span")),
        sa.ForeignKeyConstraint(["cluster_id"], ["portal.clusters.id"], name=op.f("fk_segments_cluster_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["portal.comments.id"], name=op.f("fk_segments_comment_id")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_segments_consultation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["portal.organisations.id"], name=op.f("fk_segments_organisation_id")
        ),
        sa.ForeignKeyConstraint(["submission_id"], ["portal.submissions.id"], name=op.f("fk_segments_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("comment_id", "ordinal", name=op.f("uq_segments_comment_id_ordinal")),
        schema="portal",
    )
    op.create_index(op.f("ix_segments_cluster_id_id"), "segments", ["cluster_id", "id"], unique=False, schema="portal")
    op.create_index(
        op.f("ix_segments_consultation_id_clause_order_id"),
        "segments",
        ["consultation_id", "clause_order", "id"],
        unique=False,
        schema="portal",
    )
    op.create_index(
        op.f("ix_segments_consultation_id_coverage_id"),
        "segments",
        ["consultation_id", "coverage", "id"],
        unique=False,
        schema="portal",
    )
    op.create_index(
        op.f("ix_segments_consultation_id_filed_at_id"),
        "segments",
        ["consultation_id", "filed_at", "id"],
        unique=False,
        schema="portal",
    )
    op.create_index(
        op.f("ix_segments_consultation_id_id"), "segments", ["consultation_id", "id"], unique=False, schema="portal"
    )
    op.create_index(
        "ix_segments_facets",
        "segments",
        [
            "consultation_id",
            "clause_eid",
            "position",
            "organisation_kind",
            "language",
            "coverage",
            "dealt_with",
            "cluster_id",
            "id",
        ],
        unique=False,
        schema="portal",
        postgresql_include=["clause_order", "filed_at"],
    )
    op.create_index(op.f("ix_segments_submission_id"), "segments", ["submission_id"], unique=False, schema="portal")
    op.create_table(
        "responses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("cluster_id", sa.BigInteger(), nullable=True),
        sa.Column("segment_id", sa.BigInteger(), nullable=True),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("text_ko", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("changed_clauses", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("edition", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("approved_digest", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(step IN ('approved', 'published')) = (approved_digest IS NOT NULL)", name=op.f("ck_responses_approved")
        ),
        sa.CheckConstraint(
            "disposition IN ('accepted', 'partly_accepted', 'not_accepted', 'already_covered', 'answered', 'noted', 'out_of_scope')",
            name=op.f("ck_responses_disposition"),
        ),
        sa.CheckConstraint("step <> 'published' OR edition >= 1", name=op.f("ck_responses_published_edition")),
        sa.CheckConstraint(
            "step IN ('drafting', 'technical_review', 'legal_review', 'for_approval', 'approved', 'published')",
            name=op.f("ck_responses_step"),
        ),
        sa.CheckConstraint("(cluster_id IS NULL) <> (segment_id IS NULL)", name=op.f("ck_responses_one_subject")),
        sa.CheckConstraint(
            "approved_digest IS NULL OR (disposition IS NOT NULL AND approved_by IS NOT NULL AND approved_at IS NOT NULL)",
            name=op.f("ck_responses_approval_whole"),
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["portal.accounts.id"], name=op.f("fk_responses_approved_by")),
        sa.ForeignKeyConstraint(["cluster_id"], ["portal.clusters.id"], name=op.f("fk_responses_cluster_id")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["portal.consultations.id"], name=op.f("fk_responses_consultation_id")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["portal.accounts.id"], name=op.f("fk_responses_created_by")),
        sa.ForeignKeyConstraint(["segment_id"], ["portal.segments.id"], name=op.f("fk_responses_segment_id")),
        sa.ForeignKeyConstraint(["updated_by"], ["portal.accounts.id"], name=op.f("fk_responses_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_responses_consultation_id_step"),
        "responses",
        ["consultation_id", "step"],
        unique=False,
        schema="portal",
    )
    op.create_index("uq_responses_cluster_id", "responses", ["cluster_id"], unique=True, schema="portal")
    op.create_index("uq_responses_segment_id", "responses", ["segment_id"], unique=True, schema="portal")
    op.create_table(
        "seen_segments",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["portal.accounts.id"], name=op.f("fk_seen_segments_account_id")),
        sa.ForeignKeyConstraint(["segment_id"], ["portal.segments.id"], name=op.f("fk_seen_segments_segment_id")),
        sa.PrimaryKeyConstraint("account_id", "segment_id", name=op.f("pk_seen_segments")),
        schema="portal",
    )
    op.create_table(
        "segment_tags",
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("tag_id", sa.BigInteger(), nullable=False),
        sa.Column("tagged_by", sa.BigInteger(), nullable=True),
        sa.Column("tagged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["segment_id"], ["portal.segments.id"], name=op.f("fk_segment_tags_segment_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["portal.tags.id"], name=op.f("fk_segment_tags_tag_id")),
        sa.ForeignKeyConstraint(["tagged_by"], ["portal.accounts.id"], name=op.f("fk_segment_tags_tagged_by")),
        sa.PrimaryKeyConstraint("segment_id", "tag_id", name=op.f("pk_segment_tags")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_segment_tags_tag_id_segment_id"),
        "segment_tags",
        ["tag_id", "segment_id"],
        unique=False,
        schema="portal",
    )
    op.create_table(
        "segment_words",
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(["segment_id"], ["portal.segments.id"], name=op.f("fk_segment_words_segment_id")),
        sa.PrimaryKeyConstraint("segment_id", name=op.f("pk_segment_words")),
        schema="portal",
    )
    op.create_index(
        "ix_segment_words_words", "segment_words", ["words"], unique=False, schema="portal", postgresql_using="gin"
    )
    op.create_table(
        "response_authors",
        sa.Column("response_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["portal.accounts.id"], name=op.f("fk_response_authors_account_id")),
        sa.ForeignKeyConstraint(["response_id"], ["portal.responses.id"], name=op.f("fk_response_authors_response_id")),
        sa.PrimaryKeyConstraint("response_id", "account_id", name=op.f("pk_response_authors")),
        schema="portal",
    )
    op.create_table(
        "response_editions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("response_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("text_ko", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("changed_clauses", JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "disposition IN ('accepted', 'partly_accepted', 'not_accepted', 'already_covered', 'answered', 'noted', 'out_of_scope')",
            name=op.f("ck_response_editions_disposition"),
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["portal.accounts.id"], name=op.f("fk_response_editions_approved_by")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["portal.accounts.id"], name=op.f("fk_response_editions_published_by")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["portal.responses.id"], name=op.f("fk_response_editions_response_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_editions")),
        sa.UniqueConstraint("response_id", "number", name=op.f("uq_response_editions_response_id_number")),
        schema="portal",
    )
    op.create_table(
        "answered_comments",
        sa.Column("response_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("response_id", "comment_id", name=op.f("pk_answered_comments")),
        schema="publication",
    )
    op.create_index(
        op.f("ix_answered_comments_comment_id"), "answered_comments", ["comment_id"], unique=False, schema="publication"
    )
    op.create_index(
        op.f("ix_answered_comments_consultation_id"),
        "answered_comments",
        ["consultation_id"],
        unique=False,
        schema="publication",
    )
    op.create_table(
        "clauses",
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("eid", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("parent_eid", sa.Text(), nullable=True),
        sa.Column("lineage_uid", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("heading_ko", sa.Text(), nullable=True),
        sa.Column("heading_en", sa.Text(), nullable=True),
        sa.Column("text_ko", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=True),
        sa.Column("notes", JSONB(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("under_consultation", sa.Boolean(), nullable=False),
        sa.Column("words", TSVECTOR(), nullable=True),
        sa.PrimaryKeyConstraint("consultation_id", "version", "eid", name=op.f("pk_clauses")),
        sa.UniqueConstraint(
            "consultation_id", "version", "position", name=op.f("uq_clauses_consultation_id_version_position")
        ),
        schema="publication",
    )
    op.create_index(
        op.f("ix_clauses_consultation_id_lineage_uid"),
        "clauses",
        ["consultation_id", "lineage_uid"],
        unique=False,
        schema="publication",
    )
    op.create_index(
        "ix_clauses_words", "clauses", ["words"], unique=False, schema="publication", postgresql_using="gin"
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("clause_eid", sa.Text(), nullable=False),
        sa.Column("lineage_uid", sa.Uuid(), nullable=True),
        sa.Column("outside_notice", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("proposal_form", sa.Text(), nullable=True),
        sa.Column("proposal_language", sa.Text(), nullable=True),
        sa.Column("proposal_old", sa.Text(), nullable=False),
        sa.Column("proposal_text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("withheld", sa.Text(), nullable=True),
        sa.Column("words", TSVECTOR(), nullable=True),
        sa.CheckConstraint(
            "withheld IN ('confidential_claim', 'personal_data_find')", name=op.f("ck_comments_withheld")
        ),
        sa.CheckConstraint(
            "withheld IS NULL OR (reason = '' AND proposal_text = '' AND proposal_old = '' AND legal_basis = '' AND words IS NULL)",
            name=op.f("ck_comments_withheld_words"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("submission_id", "number", name=op.f("uq_comments_submission_id_number")),
        schema="publication",
    )
    op.create_index(
        op.f("ix_comments_consultation_id_id"),
        "comments",
        ["consultation_id", "id"],
        unique=False,
        schema="publication",
    )
    op.create_index(
        op.f("ix_comments_consultation_id_lineage_uid_id"),
        "comments",
        ["consultation_id", "lineage_uid", "id"],
        unique=False,
        schema="publication",
    )
    op.create_index(
        "ix_comments_words", "comments", ["words"], unique=False, schema="publication", postgresql_using="gin"
    )
    op.create_table(
        "consultations",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations")),
        sa.UniqueConstraint("slug", name=op.f("uq_consultations_slug")),
        schema="publication",
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_ko", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        schema="publication",
    )
    op.create_index(
        op.f("ix_documents_consultation_id"), "documents", ["consultation_id"], unique=False, schema="publication"
    )
    op.create_table(
        "pages",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("facts_digest", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('ko', 'en')", name=op.f("ck_pages_language")),
        sa.PrimaryKeyConstraint("path", "language", name=op.f("pk_pages")),
        schema="publication",
    )
    op.create_index(op.f("ix_pages_consultation_id"), "pages", ["consultation_id"], unique=False, schema="publication")
    op.create_table(
        "responses",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("title_ko", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("issue_ko", sa.Text(), nullable=False),
        sa.Column("issue_en", sa.Text(), nullable=False),
        sa.Column("text_ko", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("changed_clauses", JSONB(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment_count", sa.BigInteger(), nullable=False),
        sa.Column("organisation_count", sa.BigInteger(), nullable=False),
        sa.Column("editions", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        schema="publication",
    )
    op.create_index(
        op.f("ix_responses_consultation_id_id"),
        "responses",
        ["consultation_id", "id"],
        unique=False,
        schema="publication",
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("consultation_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("organisation_ko", sa.Text(), nullable=False),
        sa.Column("organisation_en", sa.Text(), nullable=False),
        sa.Column("organisation_kind", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("shown_in_full", sa.Boolean(), nullable=False),
        sa.Column("filing", sa.BigInteger(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment_count", sa.BigInteger(), nullable=False),
        sa.Column("withheld_count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('current', 'withdrawn')", name=op.f("ck_submissions_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("number", name=op.f("uq_submissions_number")),
        schema="publication",
    )
    op.create_index(
        op.f("ix_submissions_consultation_id_filed_at_id"),
        "submissions",
        ["consultation_id", "filed_at", "id"],
        unique=False,
        schema="publication",
    )
    op.execute("GRANT USAGE ON SCHEMA portal, publication TO portal_app")
    op.execute("GRANT USAGE ON SCHEMA publication TO portal_public")
    for table in FROZEN:
        op.execute(f"GRANT SELECT, INSERT ON portal.{table} TO portal_app")
    for table in KEPT:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON portal.{table} TO portal_app")
    for table in DELETABLE:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON portal.{table} TO portal_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA publication TO portal_app")
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA publication TO portal_public")
    # Updated with every act of review: room on the page keeps a new row version beside the old one.
    op.execute("ALTER TABLE portal.segments SET (fillfactor = 80)")
    # Read row by row where a filter leaves few: beside the row, not in another table.
    op.execute("ALTER TABLE portal.segment_words ALTER COLUMN words SET STORAGE MAIN")


def downgrade() -> None:
    op.drop_index(op.f("ix_submissions_consultation_id_filed_at_id"), table_name="submissions", schema="publication")
    op.drop_table("submissions", schema="publication")
    op.drop_index(op.f("ix_responses_consultation_id_id"), table_name="responses", schema="publication")
    op.drop_table("responses", schema="publication")
    op.drop_index(op.f("ix_pages_consultation_id"), table_name="pages", schema="publication")
    op.drop_table("pages", schema="publication")
    op.drop_index(op.f("ix_documents_consultation_id"), table_name="documents", schema="publication")
    op.drop_table("documents", schema="publication")
    op.drop_table("consultations", schema="publication")
    op.drop_index("ix_comments_words", table_name="comments", schema="publication", postgresql_using="gin")
    op.drop_index(op.f("ix_comments_consultation_id_lineage_uid_id"), table_name="comments", schema="publication")
    op.drop_index(op.f("ix_comments_consultation_id_id"), table_name="comments", schema="publication")
    op.drop_table("comments", schema="publication")
    op.drop_index("ix_clauses_words", table_name="clauses", schema="publication", postgresql_using="gin")
    op.drop_index(op.f("ix_clauses_consultation_id_lineage_uid"), table_name="clauses", schema="publication")
    op.drop_table("clauses", schema="publication")
    op.drop_index(op.f("ix_answered_comments_consultation_id"), table_name="answered_comments", schema="publication")
    op.drop_index(op.f("ix_answered_comments_comment_id"), table_name="answered_comments", schema="publication")
    op.drop_table("answered_comments", schema="publication")
    op.drop_table("response_editions", schema="portal")
    op.drop_table("response_authors", schema="portal")
    op.drop_index("ix_segment_words_words", table_name="segment_words", schema="portal", postgresql_using="gin")
    op.drop_table("segment_words", schema="portal")
    op.drop_index(op.f("ix_segment_tags_tag_id_segment_id"), table_name="segment_tags", schema="portal")
    op.drop_table("segment_tags", schema="portal")
    op.drop_table("seen_segments", schema="portal")
    op.drop_index("uq_responses_segment_id", table_name="responses", schema="portal")
    op.drop_index("uq_responses_cluster_id", table_name="responses", schema="portal")
    op.drop_index(op.f("ix_responses_consultation_id_step"), table_name="responses", schema="portal")
    op.drop_table("responses", schema="portal")
    op.drop_index(op.f("ix_segments_submission_id"), table_name="segments", schema="portal")
    op.drop_index(
        "ix_segments_facets", table_name="segments", schema="portal", postgresql_include=["clause_order", "filed_at"]
    )
    op.drop_index(op.f("ix_segments_consultation_id_id"), table_name="segments", schema="portal")
    op.drop_index(op.f("ix_segments_consultation_id_filed_at_id"), table_name="segments", schema="portal")
    op.drop_index(op.f("ix_segments_consultation_id_coverage_id"), table_name="segments", schema="portal")
    op.drop_index(op.f("ix_segments_consultation_id_clause_order_id"), table_name="segments", schema="portal")
    op.drop_index(op.f("ix_segments_cluster_id_id"), table_name="segments", schema="portal")
    op.drop_table("segments", schema="portal")
    op.drop_index(op.f("ix_segment_changes_comment_id_batch_id"), table_name="segment_changes", schema="portal")
    op.drop_table("segment_changes", schema="portal")
    op.drop_index(op.f("ix_withdrawals_submission_id"), table_name="withdrawals", schema="portal")
    op.drop_table("withdrawals", schema="portal")
    op.drop_index("uq_receipts_number", table_name="receipts", schema="portal")
    op.drop_table("receipts", schema="portal")
    op.drop_table("filing_salts", schema="portal")
    op.drop_index(op.f("ix_comments_uid"), table_name="comments", schema="portal")
    op.drop_table("comments", schema="portal")
    op.drop_index(op.f("ix_filings_consultation_id"), table_name="filings", schema="portal")
    op.drop_table("filings", schema="portal")
    op.drop_index(op.f("ix_draft_comments_submission_id_ordinal"), table_name="draft_comments", schema="portal")
    op.drop_table("draft_comments", schema="portal")
    op.drop_index(op.f("ix_tags_topic_id"), table_name="tags", schema="portal")
    op.drop_table("tags", schema="portal")
    op.drop_index("uq_submissions_public_number", table_name="submissions", schema="portal")
    op.drop_index(op.f("ix_submissions_organisation_id"), table_name="submissions", schema="portal")
    op.drop_index(op.f("ix_submissions_consultation_id_id"), table_name="submissions", schema="portal")
    op.drop_table("submissions", schema="portal")
    op.drop_index(op.f("ix_period_extensions_period_id"), table_name="period_extensions", schema="portal")
    op.drop_table("period_extensions", schema="portal")
    op.drop_index(op.f("ix_clauses_lineage_uid"), table_name="clauses", schema="portal")
    op.drop_table("clauses", schema="portal")
    op.drop_table("topics", schema="portal")
    op.drop_index(op.f("ix_notice_documents_consultation_id"), table_name="notice_documents", schema="portal")
    op.drop_table("notice_documents", schema="portal")
    op.drop_index(
        "uq_memberships_current",
        table_name="memberships",
        schema="portal",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_memberships_account_id"), table_name="memberships", schema="portal")
    op.drop_table("memberships", schema="portal")
    op.drop_index(op.f("ix_lineages_consultation_id"), table_name="lineages", schema="portal")
    op.drop_table("lineages", schema="portal")
    op.drop_index(
        "uq_join_requests_open",
        table_name="join_requests",
        schema="portal",
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_index(op.f("ix_join_requests_account_id"), table_name="join_requests", schema="portal")
    op.drop_table("join_requests", schema="portal")
    op.drop_index(
        "uq_invitations_open",
        table_name="invitations",
        schema="portal",
        postgresql_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.drop_index("uq_invitations_digest", table_name="invitations", schema="portal")
    op.drop_table("invitations", schema="portal")
    op.drop_table("draft_versions", schema="portal")
    op.drop_table("draft_imports", schema="portal")
    op.drop_table("comment_periods", schema="portal")
    op.drop_index(op.f("ix_clusters_consultation_id_id"), table_name="clusters", schema="portal")
    op.drop_table("clusters", schema="portal")
    op.drop_index(op.f("ix_batches_consultation_id_id"), table_name="batches", schema="portal")
    op.drop_table("batches", schema="portal")
    op.drop_index(
        "uq_staff_roles_current",
        table_name="staff_roles",
        schema="portal",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_staff_roles_account_id"), table_name="staff_roles", schema="portal")
    op.drop_table("staff_roles", schema="portal")
    op.drop_index("uq_sessions_digest", table_name="sessions", schema="portal")
    op.drop_index(op.f("ix_sessions_account_id"), table_name="sessions", schema="portal")
    op.drop_table("sessions", schema="portal")
    op.drop_index(op.f("ix_recovery_codes_account_id"), table_name="recovery_codes", schema="portal")
    op.drop_table("recovery_codes", schema="portal")
    op.drop_index("uq_organisations_registration_number", table_name="organisations", schema="portal")
    op.drop_index(op.f("ix_organisations_name_key_en"), table_name="organisations", schema="portal")
    op.drop_index(op.f("ix_organisations_name_key"), table_name="organisations", schema="portal")
    op.drop_index(op.f("ix_organisations_mail_domain"), table_name="organisations", schema="portal")
    op.drop_table("organisations", schema="portal")
    op.drop_index("uq_mailed_links_digest", table_name="mailed_links", schema="portal")
    op.drop_index(op.f("ix_mailed_links_account_id"), table_name="mailed_links", schema="portal")
    op.drop_table("mailed_links", schema="portal")
    op.drop_index("uq_consultations_slug", table_name="consultations", schema="portal")
    op.drop_index("uq_consultations_number_prefix", table_name="consultations", schema="portal")
    op.drop_index(op.f("ix_consultations_ministry_id"), table_name="consultations", schema="portal")
    op.drop_table("consultations", schema="portal")
    op.drop_table("audit_chain", schema="portal")
    op.drop_index("uq_sign_ups_digest", table_name="sign_ups", schema="portal")
    op.drop_index(op.f("ix_sign_ups_expires_at"), table_name="sign_ups", schema="portal")
    op.drop_table("sign_ups", schema="portal")
    op.drop_index(op.f("ix_rate_limits_expires_at"), table_name="rate_limits", schema="portal")
    op.drop_table("rate_limits", schema="portal")
    op.drop_table("ministries", schema="portal")
    op.drop_index("uq_mails_key", table_name="mails", schema="portal")
    op.drop_index(op.f("ix_mails_status_id"), table_name="mails", schema="portal")
    op.drop_index(op.f("ix_mails_ministry_id_id"), table_name="mails", schema="portal")
    op.drop_table("mails", schema="portal")
    op.drop_table("leaves", schema="portal")
    op.drop_table("holiday_overrides", schema="portal")
    op.drop_index(op.f("ix_dirty_kind_key"), table_name="dirty", schema="portal")
    op.drop_table("dirty", schema="portal")
    op.drop_index(op.f("ix_audit_events_xid_id"), table_name="audit_events", schema="portal")
    op.drop_index(op.f("ix_audit_events_subject_kind_subject_id"), table_name="audit_events", schema="portal")
    op.drop_index(op.f("ix_audit_events_consultation_id_id"), table_name="audit_events", schema="portal")
    op.drop_table("audit_events", schema="portal")
    op.drop_index("uq_accounts_email", table_name="accounts", schema="portal")
    op.drop_table("accounts", schema="portal")
    op.execute("DROP SCHEMA publication")
    op.execute("DROP SCHEMA portal")
