"""Other columns of a file are kept beside the data, unless somebody leaves them out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0019_tally_of_begun")]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="with_meta",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
