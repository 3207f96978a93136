from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0003_upload_sample'),
    ]

    operations = [
        migrations.AddField(
            model_name='upload',
            name='new_labels',
            field=models.JSONField(default=dict),
        ),
    ]
