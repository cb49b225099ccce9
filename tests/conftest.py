import pytest


@pytest.fixture(scope="session")
def small_weights(tmp_path_factory):
    """A weights file of untrained `small` networks."""
    import keras

    from gecat.config import preset
    from gecat.model.discriminator import build_discriminator
    from gecat.model.generator import build_generator
    from gecat.model.weights import save_weights

    keras.utils.set_random_seed(0)
    config = preset("small")
    path = tmp_path_factory.mktemp("weights") / "small.safetensors"
    save_weights(path, config, build_generator(config), build_discriminator(config))
    return path
