"""The compose file describes an installation that keeps its promises."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.conf import settings

from reader_study.environment import Environment
from reader_study.jobs import shutdown
from reader_study.jobs.models import LeasedJob

REPOSITORY = Path(__file__).resolve().parents[2]
COMPOSE_FILE = REPOSITORY / "docker-compose.yml"
HOSTS_FILE = REPOSITORY / "docker-compose.hosts.yml"
WORKER_FILE = REPOSITORY / "docker-compose.worker.yml"
PROXY_TEMPLATE = REPOSITORY / "docker" / "nginx" / "reader-study.conf.template"
APPLICATION_SERVICES = {"migrate", "web", "cpu-worker", "gpu-worker", "reaper"}
SECRETS = {
    "READER_STUDY_SECRET_KEY",
    "READER_STUDY_PSEUDONYM_KEY",
    "READER_STUDY_AUDIT_KEY",
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
}
EXAMPLE_SETTINGS = {
    "READER_STUDY_SECRET_KEY": "an example",
    "READER_STUDY_PSEUDONYM_KEY": "an example of 32 and more characters",
    "READER_STUDY_AUDIT_KEY": "another one of 32 and more characters",
    "READER_STUDY_HOST": "study.example.org",
    "READER_STUDY_CERTIFICATES": "/etc/letsencrypt/live/study.example.org",
    "READER_STUDY_PRIVATE_ADDRESS": "10.0.0.1",
    "READER_STUDY_NFS_HOST": "10.0.0.2",
    "READER_STUDY_NFS_PATH": "/reader-study",
    "READER_STUDY_ALLOWED_HOSTS": '["study.example.org"]',
    "READER_STUDY_TRUSTED_ORIGINS": '["https://study.example.org"]',
    "POSTGRES_PASSWORD": "example1",
    "REDIS_PASSWORD": "example2",
}


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load(COMPOSE_FILE.read_text())


@pytest.fixture
def services(compose: dict[str, Any]) -> Any:
    return compose["services"]


def queues_of(service: dict[str, Any]) -> set[str]:
    command = service["command"]
    return set(command[command.index("--queues") + 1].split(","))


def test_it_holds_every_process_and_both_stores(services: dict[str, Any]) -> None:
    assert set(services) == APPLICATION_SERVICES | {"postgres", "redis", "proxy"}


def test_every_application_process_runs_the_same_image(services: dict[str, Any]) -> None:
    assert len({services[name]["image"] for name in APPLICATION_SERVICES}) == 1


def test_every_lasting_service_has_a_health_check_and_restarts(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name != "migrate":
            assert service["healthcheck"]["test"], name
            assert service["restart"] == "unless-stopped", name


def test_only_the_proxy_is_published_and_the_web_server_on_this_host(
    services: dict[str, Any],
) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published.pop("proxy") == ["80:80", "443:443"]
    assert set(published) == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_the_proxy_reads_what_the_web_server_hands_over_and_no_other_files(
    services: dict[str, Any],
) -> None:
    mounted = dict(mount.rsplit(":", 2)[:2] for mount in services["proxy"]["volumes"])
    assert all(mount.endswith(":ro") for mount in services["proxy"]["volumes"])
    assert mounted["handed-over"] == services["proxy"]["environment"]["PROXY_HANDED_OVER"]
    assert "files" not in mounted
    for name in ("web", "reaper"):
        setting = services[name]["environment"]["READER_STUDY_ACCEL"]
        folder = setting.removeprefix("${READER_STUDY_ACCEL-").removesuffix("}")
        assert f"handed-over:{folder}" in services[name]["volumes"]


def test_the_proxy_is_given_what_its_configuration_asks_for(services: dict[str, Any]) -> None:
    asked = set(re.findall(r"\$\{(\w+)\}", PROXY_TEMPLATE.read_text()))
    given = {name for name in services["proxy"]["environment"] if name.startswith("PROXY_")}
    assert asked - {"PROXY_…"} == given
    (mount,) = (mount for mount in services["proxy"]["volumes"] if "/templates/" in mount)
    assert (REPOSITORY / mount.split(":")[0]).resolve() == PROXY_TEMPLATE


def test_data_is_on_named_volumes(compose: dict[str, Any]) -> None:
    mounted = {
        mount.split(":")[0]
        for service in compose["services"].values()
        for mount in service.get("volumes", [])
        if not mount.startswith((".", "$"))
    }
    assert mounted == set(compose["volumes"]) == {"files", "database", "handed-over"}


def test_the_workers_together_serve_exactly_the_queues_of_the_jobs(
    services: dict[str, Any],
) -> None:
    kinds_of_job = [model for model in apps.get_models() if issubclass(model, LeasedJob)]
    served = [queues_of(services[name]) for name in ("cpu-worker", "gpu-worker")]
    assert served == [{"cpu"}, {"gpu"}]
    assert {kind.queue for kind in kinds_of_job} == {"cpu", "gpu"}
    assert settings.CELERY_TASK_DEFAULT_QUEUE in {"cpu", "gpu"}


def test_workers_have_time_to_hand_their_jobs_back_and_the_web_server_to_answer(
    services: dict[str, Any],
) -> None:
    for name in ("cpu-worker", "gpu-worker"):
        assert seconds_of(services[name]["stop_grace_period"]) >= 2 * shutdown.FINISH_SECONDS
    gunicorns_own = 30
    assert seconds_of(services["web"]["stop_grace_period"]) > gunicorns_own


def seconds_of(duration: str) -> int:
    return int(duration[:-1]) * {"s": 1, "m": 60}[duration[-1]]


def test_the_gpu_worker_has_a_gpu_and_never_forks(services: dict[str, Any]) -> None:
    worker = services["gpu-worker"]
    (device,) = worker["deploy"]["resources"]["reservations"]["devices"]
    assert (device["driver"], device["capabilities"]) == ("nvidia", ["gpu"])
    assert worker["environment"]["READER_STUDY_INFERENCE_DEVICE"] == "cuda"
    command = worker["command"]
    assert command[command.index("--pool") + 1] == "threads"
    assert command[command.index("--concurrency") + 1] == "1"


ONLY_WEB = {
    "READER_STUDY_MAX_UPLOAD_BYTES",
    "READER_STUDY_METRICS_TOKEN",
    "READER_STUDY_RETAIN_RAW_DAYS",
    "READER_STUDY_RETAIN_NOTICES_DAYS",
    "READER_STUDY_SESSION_IDLE_MINUTES",
    "READER_STUDY_SESSION_HOURS",
    "READER_STUDY_LOGIN_ATTEMPTS",
    "READER_STUDY_LOGIN_ATTEMPTS_PER_ADDRESS",
    "READER_STUDY_LOGIN_PAUSE_MINUTES",
    "READER_STUDY_OIDC",
    "READER_STUDY_REQUESTS_PER_MINUTE",
}


def test_a_host_of_workers_runs_them_as_the_main_host_does(services: dict[str, Any]) -> None:
    workers = yaml.safe_load(WORKER_FILE.read_text())["services"]
    assert set(workers) == {"cpu-worker", "gpu-worker"}
    for name, worker in workers.items():
        here = services[name]
        same = ("image", "command", "cap_drop", "security_opt", "restart", "stop_grace_period")
        assert {key: worker[key] for key in same} == {key: here[key] for key in same}
        assert worker["healthcheck"] == here["healthcheck"]
        assert set(worker["environment"]) == set(here["environment"]) - ONLY_WEB
        assert worker["volumes"] == here["volumes"]


def test_all_hosts_share_the_files_and_one_address_of_the_main_host() -> None:
    hosts, workers = (yaml.safe_load(path.read_text()) for path in (HOSTS_FILE, WORKER_FILE))
    assert hosts["volumes"]["files"] == workers["volumes"]["files"]
    for service in hosts["services"].values():
        assert all(port.startswith("${READER_STUDY_PRIVATE_ADDRESS:?") for port in service["ports"])
    for name in ("DATABASE_URL", "CELERY_BROKER_URL"):
        address = workers["services"]["cpu-worker"]["environment"][name]
        assert "@${READER_STUDY_PRIVATE_ADDRESS:?" in address


@pytest.mark.parametrize("file", [COMPOSE_FILE, WORKER_FILE])
def test_secrets_come_from_outside_and_their_absence_is_an_error(file: Path) -> None:
    text = file.read_text()
    for secret in SECRETS:
        uses = re.findall(rf"\$\{{{secret}(.)", text)
        assert uses, secret
        assert set(uses) == {":"}, secret
        assert f"${{{secret}:?" in text


def test_it_sets_only_what_the_application_reads(services: dict[str, Any]) -> None:
    known = {
        str(field.validation_alias or f"READER_STUDY_{name.upper()}")
        for name, field in Environment.model_fields.items()
    }
    for name in APPLICATION_SERVICES:
        assert set(services[name]["environment"]) <= known


@pytest.mark.parametrize("files", [[COMPOSE_FILE], [COMPOSE_FILE, HOSTS_FILE], [WORKER_FILE]])
def test_docker_accepts_it(files: list[Path]) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], check=False).returncode:
        pytest.skip("docker compose is not installed here")
    subprocess.run(
        [
            *(docker, "compose"),
            *(part for file in files for part in ("--file", str(file))),
            *("config", "--quiet"),
        ],
        check=True,
        env={**os.environ, **EXAMPLE_SETTINGS},
    )
