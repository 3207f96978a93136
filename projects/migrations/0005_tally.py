"""Counts that the database keeps by itself: see projects/tally.py."""

import django.db.models.deletion
from django.db import migrations, models

WITH = """
CREATE FUNCTION projects_tally_%(event)s() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO projects_tally (project_id, status, label, count)
  SELECT project_id, status, label, sum(n) FROM (%(rows)s) AS changed
  GROUP BY project_id, status, label HAVING sum(n) <> 0;
  RETURN NULL;
END $$;
CREATE TRIGGER tally_%(event)s AFTER %(event)s ON projects_example
REFERENCING %(tables)s FOR EACH STATEMENT EXECUTE FUNCTION projects_tally_%(event)s();
"""
ADDED = "SELECT project_id, status, gold->>'label' AS label, 1 AS n FROM added"
GONE = "SELECT project_id, status, gold->>'label' AS label, -1 AS n FROM gone"
EVENTS = {
    "insert": {"rows": ADDED, "tables": "NEW TABLE AS added"},
    "delete": {"rows": GONE, "tables": "OLD TABLE AS gone"},
    "update": {
        "rows": f"{ADDED} UNION ALL {GONE}",
        "tables": "OLD TABLE AS gone NEW TABLE AS added",
    },
}
COUNT = """
INSERT INTO projects_tally (project_id, status, label, count)
SELECT project_id, status, gold->>'label', count(*) FROM projects_example GROUP BY 1, 2, 3
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0004_upload_new_labels")]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unlabeled", "Unlabeled"),
                            ("labeled", "Labeled"),
                            ("review", "Review"),
                            ("skipped", "Skipped"),
                            ("set_aside", "Set Aside"),
                        ],
                        max_length=9,
                    ),
                ),
                ("label", models.TextField(null=True)),
                ("count", models.IntegerField()),
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                WITH % {"event": event, **parts},
                f"DROP TRIGGER tally_{event} ON projects_example;"
                f"DROP FUNCTION projects_tally_{event}();",
            )
            for event, parts in EVENTS.items()
        ),
    ]
