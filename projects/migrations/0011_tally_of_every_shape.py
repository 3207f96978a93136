"""Counts of answers that name several labels, or none, are kept by the database too."""

from django.db import migrations

# One row a status for each example; '' stands for a gold answer that is not one label. Labels of
# such an answer are rows of their own, each once, with '' for the status: they are no examples.
ROWS = """
SELECT project_id, status,
    CASE WHEN gold IS NULL THEN NULL ELSE coalesce(gold->>'label', '') END AS label, %(sign)s AS n
FROM %(table)s
UNION ALL
SELECT t.project_id, '', l.label, %(sign)s FROM %(table)s t CROSS JOIN LATERAL (
    SELECT jsonb_array_elements_text(t.gold->'labels') AS label
    WHERE jsonb_typeof(t.gold->'labels') = 'array'
    UNION
    SELECT s->>'label' FROM jsonb_array_elements(t.gold->'spans') s
    WHERE jsonb_typeof(t.gold->'spans') = 'array'
) l WHERE t.gold IS NOT NULL AND NOT t.gold ? 'label' AND t.status <> 'deleted'
"""
KEEP = """
CREATE OR REPLACE FUNCTION projects_tally_%(event)s() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO projects_tally (project_id, status, label, count)
  SELECT project_id, status, label, sum(n) FROM (%(rows)s) AS changed
  GROUP BY project_id, status, label HAVING sum(n) <> 0;
  RETURN NULL;
END $$;
"""
ADDED = ROWS % {"table": "added", "sign": "1"}
GONE = ROWS % {"table": "gone", "sign": "-1"}
EVENTS = {"insert": ADDED, "delete": GONE, "update": f"{ADDED} UNION ALL {GONE}"}
ALL = ROWS % {"table": "projects_example", "sign": "1"}
ANEW = f"""
DELETE FROM projects_tally;
INSERT INTO projects_tally (project_id, status, label, count)
SELECT project_id, status, label, sum(n) FROM ({ALL}) AS found GROUP BY 1, 2, 3;
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0010_answered_twice")]

    operations = [
        *(
            migrations.RunSQL(KEEP % {"event": event, "rows": rows}, migrations.RunSQL.noop)
            for event, rows in EVENTS.items()
        ),
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
    ]
