"""What is written for containers and clusters: every file, command, variable, stage, secret and address named there exists."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from bot.__main__ import cli
from bot.settings import ROOT, SECRETS, load
from bot.settings.channels import ZALO_OA
from bot.web import KEEP_ALIVE

from ..sources import SETTINGS

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
PAGE = (ROOT / "deploy/README.md").read_text(encoding="utf-8")
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
OF_UVICORN = {"FORWARDED_ALLOW_IPS"}
OF_THE_IMAGES = {"db", "proxy", "prometheus"}


def stages() -> dict[str, list[str]]:
    """The Dockerfile's stages, with what each is told; a line that goes on is one."""
    found: dict[str, list[str]] = {}
    for line in re.sub(r"\\\n\s*", " ", DOCKERFILE).splitlines():
        begins = re.match(r"FROM (\S+) AS (\S+)", line)
        if begins:
            found[begins[2]] = list(found.get(begins[1], []))
        if found and line and not line.startswith("#"):
            found[list(found)[-1]].append(line)
    return found


def variables() -> set[str]:
    """Every variable that the programs in the images read."""
    bot = re.findall(r'environment(?:\.get\(|, )"([A-Z_]+)"', SETTINGS)
    bot += [name.upper() for name in re.findall(r'given\(environment, var, "([a-z_]+)"', SETTINGS)]
    nlu = re.findall(r'environ(?:\.get|\.pop)\("([A-Z_]+)"', (ROOT / "nlu/serve/__main__.py").read_text("utf-8"))
    names = {*bot, *nlu, *ZALO_OA, *(name.upper() for name in SECRETS)}
    return {*names, *(f"{name}_FILE" for name in names)} | OF_UVICORN


def test_there_is_something_to_look_at() -> None:
    assert {"bot-environment", "nlu-environment", "trained", "bot", "nlu"} <= stages().keys()
    assert OURS.keys() == {"migrate", "bot", "nlu-1", "nlu-2"}
    assert {"DATABASE_URL", "DATA_KEY_FILE", "NLU_PORT", "DRAIN_TIME"} <= variables()


def test_every_file_that_is_copied_exists_and_may_be_sent_to_the_builder() -> None:
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = [word for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line) for word in line.split()[1:-1]]
    assert len(copied) > 10
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert [name for name in copied if name.split("/")[0] not in sent] == []
    secret = {"var", "secrets", "models", ".git"}
    assert not sent & secret
    assert "*" in (ROOT / ".dockerignore").read_text("utf-8").splitlines()


@pytest.mark.parametrize("image", ["bot", "nlu"])
def test_an_image_runs_as_nobody_and_says_how_it_is(image: str) -> None:
    told = "\n".join(stages()[image])
    assert told.index("USER 10001") > told.rindex("COPY")
    assert "HEALTHCHECK" in told
    assert "python:3.11-" in DOCKERFILE
    for line in told.splitlines():
        if "pip install" in line:
            assert "--require-hashes" in line or "--no-index" in line, line


def test_what_is_installed_is_what_the_locks_say() -> None:
    installs = [line for told in stages().values() for line in told if "pip install" in line]
    assert len(installs) >= 4
    for line in installs:
        assert "--no-deps" in line, line
        lock = re.search(r"-r (\S+)", line)
        if lock:
            assert "--require-hashes" in line, line
            assert (ROOT / lock[1]).exists(), line


def test_the_builder_needs_no_more_than_the_base_image_and_the_packages() -> None:
    """Seen by building: no reader of the Dockerfile is fetched, Rasa's own word about Python is passed over, nothing is compiled in C."""
    assert "syntax=" not in DOCKERFILE.splitlines()[0]
    (rasa,) = [line for line in stages()["trained"] if "-r nlu/requirements.lock" in line]
    assert "--ignore-requires-python" in rasa
    locked = (ROOT / "nlu/requirements.lock").read_text("utf-8")
    assert re.search(r"^multidict==5\.2\.0 ", locked, re.MULTILINE), "has it a wheel for 3.11 now?"
    assert "MULTIDICT_NO_EXTENSIONS=1" in rasa
    (made,) = [line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if "--compile-bytecode nlu/requirements.lock" in line]
    assert "MULTIDICT_NO_EXTENSIONS=1" in made
    assert not any("COPY bot" in line for line in stages()["training-environment"]), "its packages are kept when only the assistant changes"


@pytest.mark.parametrize("image", ["bot", "nlu"])
def test_what_runs_is_compiled_for_nobody_may_write_later(image: str) -> None:
    told = stages()[image]
    assert any("compileall" in line and "stdlib" in line for line in told)
    assert any("compileall" in line and line.endswith("bot nlu") for line in stages()["bot-environment"])
    assert not any(re.match(r"COPY (bot|nlu) ", line) for line in told)
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in OURS.values())


def test_every_stage_that_is_named_comes_before() -> None:
    names = list(stages())
    for name, told in stages().items():
        for source in re.findall(r"--from=(\S+)", "\n".join(told)):
            assert names.index(source) < names.index(name), (name, source)
    assert {service["build"]["target"] for service in OURS.values()} <= set(names)


def test_every_variable_of_our_containers_is_one_that_is_read() -> None:
    given = {name for service in OURS.values() for name in service["environment"]}
    told = [line for line in DOCKERFILE.splitlines() if (line.startswith("ENV ") and "DANLOI" in line) or "NLU_" in line]
    given |= set(re.findall(r"\b([A-Z][A-Z_]+)=", "\n".join(told)))
    assert len(given) > 8
    assert given - variables() - {"PATH", "DANLOI_VAR", "DANLOI_MODELS"} == set()
    assert {"DANLOI_VAR", "DANLOI_MODELS"} <= variables()


@pytest.mark.parametrize("name", ["TELEGRAM_TOKEN", "ZALO_BOT_TOKEN", "ZALO_SITE_CODE", *ZALO_OA])
def test_what_opens_a_channel_is_handed_on_and_may_be_missing(name: str) -> None:
    assert OURS["bot"]["environment"][name] == f"${{{name}:-}}"


def test_every_command_is_one_of_ours() -> None:
    commands = set(get_command(cli).commands)  # type: ignore[attr-defined]
    given = {service["command"][0] for service in OURS.values() if "command" in service}
    given |= {one or other for one, other in re.findall(r"\bdanloi (\w+) /|--rm bot (\w+)", PAGE)}
    assert {"serve", "migrate", "backup", "restore", "user"} <= given
    assert given <= commands


def test_every_secret_volume_and_network_is_declared_and_made() -> None:
    made = (ROOT / "deploy/make-secrets.sh").read_text("utf-8")
    for name, service in COMPOSE["services"].items():
        assert set(service.get("secrets", ())) <= COMPOSE["secrets"].keys(), name
        assert set(service.get("networks", ())) <= COMPOSE["networks"].keys(), name
        named = {one.split(":")[0] for one in service.get("volumes", ())}
        assert {one for one in named if not one.startswith(".")} <= COMPOSE["volumes"].keys(), name
        assert [one for one in named if one.startswith(".") and not (ROOT / one).exists()] == [], name
        assert set(service.get("depends_on", ())) <= COMPOSE["services"].keys(), name
        for variable, value in service.get("environment", {}).items():
            if variable.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in service["secrets"], (name, variable)
    assert [name for name in COMPOSE["secrets"] if name not in made] == []
    assert {"/secrets/", "/.env"} <= set((ROOT / ".gitignore").read_text("utf-8").splitlines())


def test_the_secrets_are_made_once_for_the_owner_and_the_settings_take_them(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    script = tmp_path / "deploy/make-secrets.sh"
    shutil.copy(ROOT / "deploy/make-secrets.sh", script)
    for _ in range(2):
        subprocess.run(["sh", str(script)], check=True, capture_output=True)
        found = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
        assert found.keys() == COMPOSE["secrets"].keys()
        assert all((tmp_path / "secrets" / name).stat().st_mode & 0o077 == 0 for name in found)
        (tmp_path / "before").mkdir(exist_ok=True)
        if (tmp_path / "before/data_key").exists():
            assert (tmp_path / "before/data_key").read_text() == found["data_key"]
        (tmp_path / "before/data_key").write_text(found["data_key"])
    named = {f"{name.upper()}_FILE": str(tmp_path / "secrets" / name) for name in (*SECRETS, "database_url")}
    settings = load({"DANLOI_VAR": str(tmp_path / "var"), **named})
    assert settings.database_url == f"postgresql://danloi:{found['database_password']}@db/danloi"
    assert settings.secrets["data_key"] == found["data_key"]
    assert len(set(settings.secrets.values())) == len(SECRETS)
    assert not (tmp_path / "var/data_key").exists()


def test_the_services_fit_together() -> None:
    bot = COMPOSE["services"]["bot"]
    addresses = re.findall(r"http://([\w-]+):(\d+)", bot["environment"]["NLU_URL"])
    assert [name for name, _ in addresses] == ["nlu-1", "nlu-2"]
    assert {port for _, port in addresses} == set(re.findall(r"NLU_PORT=(\d+)", DOCKERFILE))
    subnet = COMPOSE["networks"]["front"]["ipam"]["config"][0]["subnet"]
    assert bot["environment"]["FORWARDED_ALLOW_IPS"] == subnet
    assert "front" not in COMPOSE["services"]["db"]["networks"]
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["proxy"]
    assert OURS.keys() | OF_THE_IMAGES == COMPOSE["services"].keys()


def test_the_proxy_hides_what_is_for_the_operator_and_holds_nothing_back() -> None:
    nginx = (ROOT / "deploy/nginx.conf.template").read_text("utf-8")
    hidden = re.search(r"location ~ (\S+) \{ return 404; \}", nginx)
    assert hidden is not None
    assert all(re.match(hidden[1], path) for path in ("/metrics", "/readyz"))
    assert 'f"{url}/healthz"' in (ROOT / "bot/doctor/public.py").read_text("utf-8"), "what doctor asks PUBLIC_URL for must pass"
    assert not any(re.match(hidden[1], path) for path in ("/", "/chat/events", "/desk", "/healthz"))
    assert "proxy_buffering" not in nginx, "streams say for themselves that they must not be held back"
    assert re.findall(r"server bot:(\d+)", nginx) == re.findall(r" PORT=(\d+)", DOCKERFILE)
    assert "error_page 502 504 = @again;" in nginx, "`resolve` makes nginx give a request up whose addresses change meanwhile"
    assert nginx.count("proxy_pass http://bots;") == 2
    again = nginx[nginx.index("location @again") :]
    assert "proxy_set_header" not in again, "one header set there, and none of the server's holds"
    kept = re.search(r"keepalive_timeout (\d+)s", nginx)
    assert kept is not None
    assert int(kept[1]) < KEEP_ALIVE
    assert set(re.findall(r"\$\{(\w+)\}", nginx)) == COMPOSE["services"]["proxy"]["environment"].keys()
    braces = re.sub(r"\$\{\w+\}", "", nginx)
    assert braces.count("{") == braces.count("}")


def cluster() -> dict[str, Any]:
    (found,) = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
    container: dict[str, Any] = found["spec"]["template"]["spec"]
    return container


def test_the_cluster_asks_at_addresses_that_exist_and_sets_what_is_read() -> None:
    from bot.health import Health, probes

    pod = cluster()
    (container,) = pod["containers"]
    asked = {container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
    there = {path for handler in probes(Health.__new__(Health)) for path in handler.paths}
    assert asked == {"/healthz", "/readyz"}
    assert asked <= there
    assert {one["name"] for one in container["env"]} <= variables()
    drain = float(next(one["value"] for one in container["env"] if one["name"] == "DRAIN_TIME"))
    assert pod["terminationGracePeriodSeconds"] >= drain + 45
    mounted = {one["name"] for one in container["volumeMounts"]}
    assert mounted == {one["name"] for one in pod["volumes"]}


def test_every_file_and_variable_that_the_page_names_exists() -> None:
    files = re.findall(r"`((?:\.\./)?[\w./-]+\.(?:sh|json|yaml|yml|md)|\.\./\w+|nginx\.conf\.template|prometheus/)`", PAGE)
    assert len(files) > 4
    assert [name for name in files if not (ROOT / "deploy" / name).exists()] == []
    named = set(re.findall(r"`([A-Z][A-Z]+_[A-Z_]+)`", PAGE)) - {"NAME_FILE"}
    assert len(named) > 8
    assert named <= variables()


def test_the_page_counts_the_alerts_rightly() -> None:
    alerts = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text("utf-8"))
    assert f"{sum(len(group['rules']) for group in alerts['groups'])} alerts" in PAGE


def test_hadolint_has_nothing_to_say() -> None:
    """Where it is on this machine; the other tests hold without."""
    tool = shutil.which("hadolint")
    if tool is None:
        assert "FROM" in DOCKERFILE
        return
    done = subprocess.run([tool, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
