"""A study in which one rater finds the same images behind every case."""

import os

from reader_study.imaging.media_pack import MediaPack as Pack

RATER, PASSWORD = "ruth", "not-for-patients-1"


def prepare_study(pack: Pack, *, cases: int) -> None:
    """Make the database below ``READER_STUDY_VAR``, and in it a study that is open for reading."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "reader_study.settings"
    django.setup()

    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from django.core.management import call_command
    from django.db import connection

    from reader_study.accounts.models import User
    from reader_study.segmentation.models import MediaPack
    from tests.cast import open_with_cases

    call_command("migrate", verbosity=0)
    open_with_cases(cases)
    rater = User.objects.get(username=RATER)
    rater.set_password(PASSWORD)
    rater.save()
    for name, content in pack.files.items():
        default_storage.save(f"packs/phantom/{name}", ContentFile(content))
    MediaPack.objects.update(folder="packs/phantom", manifest=pack.manifest)
    connection.close()
