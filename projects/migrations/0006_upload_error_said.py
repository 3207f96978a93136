from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0005_tally'),
    ]

    operations = [
        migrations.AddField(
            model_name='upload',
            name='error_said',
            field=models.JSONField(default=dict),
        ),
    ]
