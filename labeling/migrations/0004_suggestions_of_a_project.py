import django.db.models.deletion
from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform

# Until now every suggestion came with a caller's feedback.
FILL = """
UPDATE labeling_suggestion s SET project_id = e.project_id, fed_back = true
FROM projects_example e WHERE e.id = s.example_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('labeling', '0003_people_at_work'),
        ('projects', '0012_labels_of_earlier'),
    ]

    operations = [
        migrations.AddField(
            model_name='suggestion',
            name='project',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project'),
        ),
        migrations.AddField(
            model_name='suggestion',
            name='fed_back',
            field=models.BooleanField(default=False),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='suggestion',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project'),
        ),
        migrations.AddIndex(
            model_name='suggestion',
            index=models.Index(fields=['project', 'confidence', 'example'], name='suggested_by_sureness'),
        ),
        migrations.AddIndex(
            model_name='suggestion',
            index=models.Index(models.F('project'), KeyTextTransform('label', 'answer'), models.F('example'), name='suggested_by_label'),
        ),
        migrations.AddIndex(
            model_name='suggestion',
            index=models.Index(fields=['project', 'example'], include=['confidence'], name='suggested_in_order'),
        ),
    ]
