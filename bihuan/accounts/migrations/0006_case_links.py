"""Links in text messages; a customer's door only ever looks one up by the hash of its token."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_identity'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseLink',
            fields=[
                ('digest', models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ('person_id', models.BigIntegerField()),
                ('case_id', models.BigIntegerField()),
                ('contact', models.BinaryField(max_length=32)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['expires_at'], name='caselink_lapses')],
            },
        ),
    ]
