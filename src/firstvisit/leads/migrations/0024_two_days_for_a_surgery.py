from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0023_where_an_agreed_visit_is'),
    ]

    operations = [
        migrations.AddField(
            model_name='factsrow',
            name='surgery_or_on',
            field=models.DateField(null=True),
        ),
    ]
