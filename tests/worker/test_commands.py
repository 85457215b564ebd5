"""The target in the command lines that people keep in Procfiles and Dockerfiles."""

from __future__ import annotations

import pytest

from seawall.worker.commands import read


@pytest.mark.parametrize(
    ("line", "target", "paths", "development"),
    [
        ("gunicorn shop:app", "shop:app", [], ""),
        ("gunicorn -w 4 -b localhost:8000 'shop:create_app()' --log-file -", "shop:create_app()", [], ""),
        ("gunicorn --chdir src --bind=0.0.0.0:$PORT shop.wsgi:application", "shop.wsgi:application", ["src"], ""),
        ("gunicorn shop.wsgi --log-file -", "shop.wsgi", [], ""),
        ("python -m gunicorn shop:app --reload", "shop:app", [], "`--reload`"),
        ("flask db upgrade && gunicorn shop:app", "shop:app", [], ""),
        ("waitress-serve --port=$PORT --call shop:create_app", "shop:create_app", [], ""),
        ("FLASK_APP=shop flask run --port $PORT", "shop", [], "`flask run`"),
        ("flask --app shop:make run", "shop:make", [], "`flask run`"),
        ("python3 shop.py", "shop.py", [], "`python shop.py`"),
        ("uwsgi --http :8000 --module shop.web --callable site", "shop.web:site", [], ""),
        ("uwsgi --wsgi-file shop.py", "shop.py", [], ""),
        ('["gunicorn", "-b", ":8000", "shop:app"]', "shop:app", [], ""),
    ],
)
def test_a_command_names_its_app(tmp_path, line, target, paths, development):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "wsgi.py").touch()
    command = read(line, str(tmp_path))
    assert (command.target, command.paths, command.development) == (target, paths, development)


@pytest.mark.parametrize("line", ["", "npm start", "python manage.py runserver", "gunicorn", "celery -A shop", "'open"])
def test_other_commands_name_none(tmp_path, line):
    assert read(line, str(tmp_path)) is None
