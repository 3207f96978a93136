from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0002_spoken_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='upload',
            name='sample',
            field=models.JSONField(default=dict),
        ),
    ]
