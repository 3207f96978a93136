"""Answers to what still waits for more of them are counted by the database, too."""

from django.db import migrations

# As in migration 0011; and rows “begun”, which count answers instead of examples.
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
UNION ALL
SELECT project_id, 'begun', NULL, %(sign)s * answered FROM %(table)s
WHERE status = 'unlabeled' AND answered > 0
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
SO_FAR = """
INSERT INTO projects_tally (project_id, status, label, count)
SELECT project_id, 'begun', NULL, sum(answered) FROM projects_example
WHERE status = 'unlabeled' AND answered > 0 GROUP BY 1;
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0018_orders_with_an_index")]

    operations = [
        migrations.RunSQL(SO_FAR, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(KEEP % {"event": event, "rows": rows}, migrations.RunSQL.noop)
            for event, rows in EVENTS.items()
        ),
    ]
