"""The verbs' arguments and what each of them does."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deploy.model.data.datasets import MissingData, Samples
from edge_pose.errors import EdgePoseError

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def main(arguments: list[str]) -> int:
    """Runs one verb; the exit status."""
    args = _parser().parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        return int(args.run(args) or 0)
    except ModuleNotFoundError as error:
        told = f"{error.name} is not installed: `make test-model` sets up an environment of its own"
    except (MissingData, OSError, ValueError, EdgePoseError) as error:
        told = str(error)
    print(f"deploy.model: {told}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.model")
    verbs = parser.add_subparsers(required=True)
    train = _verb(verbs, "train", _train, "train a network")
    _data_arguments(train)
    train.add_argument("--out", type=Path, required=True, help="training folder")
    train.add_argument("--architecture", default="mobilenetv2-6d")
    train.add_argument("--weights", help="none, imagenet, or average.npz of another training")
    train.add_argument("--freeze", help="none, base, or last-N: the last N blocks learn")
    for name in ("width", "peak-rate", "consistency", "style"):
        train.add_argument(f"--{name}", type=float)
    for name in ("size", "images", "epoch", "batch", "seed", "warm-up"):
        train.add_argument(f"--{name}", type=int)
    train.add_argument("--turned", type=float, help="share of profiled faces seen")
    table = _verb(verbs, "table", _table, "architectures under one equal budget")
    table.add_argument("architectures", nargs="+")
    table.add_argument("--images", type=int)
    table.add_argument("--consistency", type=float)
    table.add_argument("--style", type=float)
    table.add_argument("--out", type=Path, default=Path("out/model/table"))
    _data_arguments(table)
    export = _verb(verbs, "export", _export, "int8 file and card")
    _data_arguments(export)
    export.add_argument("--from", dest="run_folder", type=Path, required=True)
    export.add_argument("--out", type=Path, required=True, help="the .tflite file to write")
    opcheck = _verb(verbs, "opcheck", _opcheck, "operator check")
    opcheck.add_argument("model", type=Path)
    evaluate = _verb(verbs, "evaluate", _evaluate, "accuracy table of a model file")
    evaluate.add_argument("model", type=Path)
    evaluate.add_argument("--eval", type=Path, default=Path("../shared/eval/aflw2000_dev"))
    evaluate.add_argument("--landmarker", type=Path, help="face_landmark.tflite, for large poses")
    evaluate.add_argument("--clips", type=Path, help="folder of clips, for the head-turn table")
    evaluate.add_argument("--into-card", action="store_true", help="write the numbers to the card")
    _data_arguments(evaluate)
    compare = _verb(verbs, "compare", _compare, "float32, dynamic range, int8")
    compare.add_argument("--from", dest="run_folder", type=Path, required=True)
    compare.add_argument("--out", type=Path, default=Path("out/model/compare"))
    compare.add_argument("--eval", type=Path, default=Path("../shared/eval/aflw2000_dev"))
    _data_arguments(compare)
    return parser


def _verb(
    verbs: Verbs, name: str, run: Callable[[argparse.Namespace], object], about: str
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=about)
    verb.set_defaults(run=run)
    return verb


def _data_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--faces", type=Path, default=Path("../shared/faces"))
    verb.add_argument("--cache", type=Path, default=Path("out/model/cache"))
    verb.add_argument(
        "--profiled",
        type=Path,
        action="append",
        default=[],
        help="pool of deploy.model.data.profile_pool; may be given again",
    )
    verb.add_argument(
        "--second-opinion", action="store_true", help="labels averaged with the 3D fit of each mesh"
    )
    verb.add_argument(
        "--data",
        nargs=2,
        action="append",
        metavar=("SET", "PATH"),
        help="instead of --faces: 300w-lp, aflw2000, biwi, wflw-train, wflw-test, or own with a "
        "CSV of file,yaw_deg,pitch_deg,roll_deg[,x1,y1,x2,y2]; may be given again",
    )


def _read(args: argparse.Namespace) -> list[Samples]:
    from deploy.model.data.readers import read

    return [read(name, Path(path), cache=args.cache) for name, path in args.data]


def _sources(args: argparse.Namespace) -> list[Samples]:
    from deploy.model.data.datasets import faces, profiled

    if args.data:
        return [held_out(samples)[0] for samples in _read(args)]
    real = faces(args.faces, args.cache, "train")
    if args.second_opinion:
        real = _averaged(real, args)
    return [real, *(profiled(pool) for pool in args.profiled)]


def _averaged(real: Samples, args: argparse.Namespace) -> Samples:
    from deploy.model.data.datasets import split_rows
    from deploy.model.labels.second_opinion import second_opinion

    return second_opinion(real, args.cache / "mesh.npz", split_rows(args.faces, "train"))


def _validation(args: argparse.Namespace) -> Samples:
    from deploy.model.data.datasets import faces

    if args.data:
        return held_out(_read(args)[0])[1]
    return faces(args.faces, args.cache, "val")


def held_out(samples: Samples) -> tuple[Samples, Samples]:
    """Nine tenths to learn from, and the tenth at the end: photos of one series stay together."""
    cut = max(1, len(samples) - max(1, len(samples) // 10))
    index = np.arange(len(samples))
    return samples.pick(index[:cut]), samples.pick(index[cut:])


def _train(args: argparse.Namespace) -> None:
    from deploy.model.training.train import Recipe, train

    chosen = {
        field.name: getattr(args, field.name)
        for field in dataclasses.fields(Recipe)
        if getattr(args, field.name, None) is not None
    }
    sources = _sources(args)
    train(Recipe(**chosen), sources, _validation(args), args.out)


def _export(args: argparse.Namespace) -> None:
    from deploy.model.export.export import export

    export(args.run_folder, _sources(args), _validation(args), args.out)
    print(f"wrote {args.out} and {args.out.with_suffix('.json').name}")


def _opcheck(args: argparse.Namespace) -> int:
    from deploy.model.export.opcheck import report

    text, good = report(args.model)
    print(text)
    return 0 if good else 1


def _evaluate(args: argparse.Namespace) -> None:
    from deploy.model.data.photos import read_photos
    from deploy.model.evaluation import evaluate
    from deploy.model.export.card import add_accuracy

    photos = read_photos(args.eval)
    sections = {
        "aflw2000_dev, 160-image subset": evaluate.evaluation(args.model, photos),
        "validation": evaluate.validation(args.model, _validation(args)),
    }
    if args.landmarker:
        turned = evaluate.large_poses(args.model, photos, args.landmarker)
        sections["profiled aflw2000_dev"] = turned
    if args.clips:
        from deploy.model.evaluation.head_turn import head_turn

        sections["head-turn clip"] = head_turn(args.model, args.clips)
    for name, section in sections.items():
        print(f"\n{name}", *section.lines, sep="\n")
    if args.into_card:
        add_accuracy(args.model, {name: section.numbers for name, section in sections.items()})


def _compare(args: argparse.Namespace) -> None:
    from deploy.model.data.crops import crops_of
    from deploy.model.data.photos import crops, read_photos, rotations
    from deploy.model.evaluation import compare
    from deploy.model.export.export import finished, representative

    photos, samples = read_photos(args.eval), _validation(args)
    network, recipe = finished(args.run_folder, samples)
    size = recipe["size"]
    paths = compare.write_all(network, representative(_sources(args), size), args.out)
    sets: dict[str, tuple[NDArray[np.uint8], NDArray[np.floating]]] = {
        "eval": (crops(photos, size), rotations(photos)),
        "val": (crops_of(samples, size), samples.rotation),
    }
    print(*compare.table(paths, sets), sep="\n")


def _table(args: argparse.Namespace) -> None:
    from deploy.model.evaluation.budget import BUDGET, add_row, measure, present, row_name

    names = ("images", "consistency", "style", "second_opinion")
    chosen = {name: value for name in names if (value := getattr(args, name))}
    recipe = dataclasses.replace(BUDGET, **chosen)
    sources, validation = _sources(args), _validation(args)
    args.out.mkdir(parents=True, exist_ok=True)
    done = present(args.out / "table.csv")
    for name in (name for name in args.architectures if row_name(name, recipe) not in done):
        row = measure(name, recipe, sources, validation, args.out)
        add_row(args.out / "table.csv", row)
        print(row, flush=True)
