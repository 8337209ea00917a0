"""The trainers of nnU-Net 2 that change nothing but the training."""

from inference.errors import ModelError

# Others build another network, or are not nnU-Net's. These change loss, augmentation, schedule or
# length, or which axes may be mirrored, and that stands in the checkpoint.
TRAINERS = frozenset(
    [
        "nnUNetTrainer",
        "nnUNetTrainer_1epoch",
        "nnUNetTrainer_5epochs",
        "nnUNetTrainer_10epochs",
        "nnUNetTrainer_20epochs",
        "nnUNetTrainer_50epochs",
        "nnUNetTrainer_100epochs",
        "nnUNetTrainer_250epochs",
        "nnUNetTrainer_500epochs",
        "nnUNetTrainer_750epochs",
        "nnUNetTrainer_2000epochs",
        "nnUNetTrainer_4000epochs",
        "nnUNetTrainer_8000epochs",
        "nnUNetTrainer_250epochs_NoMirroring",
        "nnUNetTrainer_2000epochs_NoMirroring",
        "nnUNetTrainer_4000epochs_NoMirroring",
        "nnUNetTrainer_8000epochs_NoMirroring",
        "nnUNetTrainerNoMirroring",
        "nnUNetTrainer_onlyMirror01",
        "nnUNetTrainer_onlyMirror01_1500ep",
        "nnUNetTrainer_onlyMirror01_DASegOrd0",
        "nnUNetTrainer_onlyMirror01_DA5",
        "nnUNetTrainerDA5",
        "nnUNetTrainerDA5ord0",
        "nnUNetTrainerDA5Segord0",
        "nnUNetTrainerDA5_10epochs",
        "nnUNetTrainerNoDA",
        "nnUNetTrainer_noDummy2DDA",
        "nnUNetTrainer_DASegOrd0",
        "nnUNetTrainer_DASegOrd0_NoMirroring",
        "nnUNetTrainer_warmup",
        "nnUNetTrainerCosAnneal",
        "nnUNetTrainerAdam",
        "nnUNetTrainerAdam1en3",
        "nnUNetTrainerAdam3en4",
        "nnUNetTrainerVanillaAdam",
        "nnUNetTrainerVanillaAdam1en3",
        "nnUNetTrainerVanillaAdam3en4",
        "nnUNetTrainerAdan",
        "nnUNetTrainerAdan1en1",
        "nnUNetTrainerAdan1en3",
        "nnUNetTrainerAdan3en4",
        "nnUNetTrainerAdanCosAnneal",
        "nnUNetTrainerCELoss",
        "nnUNetTrainerCELoss_5epochs",
        "nnUNetTrainerDiceLoss",
        "nnUNetTrainerDiceCELoss_noSmooth",
        "nnUNetTrainerDiceTopK10Loss",
        "nnUNetTrainerTopk10Loss",
        "nnUNetTrainerTopk10LossLS01",
        "nnUNetTrainerNoDeepSupervision",
        "nnUNetTrainer_probabilisticOversampling",
        "nnUNetTrainer_probabilisticOversampling_033",
        "nnUNetTrainer_probabilisticOversampling_010",
    ]
)


def check_trainer(name: str, where: str) -> None:
    """Refuse a trainer that is not known to leave prediction as it is.

    Raises
    ------
    ModelError
        Naming the trainer.
    """
    if name not in TRAINERS:
        raise ModelError(
            f"{where}: trainer_name: {name[:100]!r} is not one of nnU-Net's trainers that change "
            "nothing but the training, so it is unknown how its models predict. Train with "
            "nnUNetTrainer, or have the trainer reviewed and added to "
            "inference/models/importing/trainers.py."
        )
