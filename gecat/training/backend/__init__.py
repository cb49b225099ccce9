"""What differs between the backends that Keras runs on: one small file each, of the same names.

compiled(function)            a function of arrays, and of dicts and tuples of them, made fast
value_and_gradient(function)  theta -> ((value, extra), gradient) of theta -> (value, extra)
Replicas(strategy)            the devices that share a batch
make_strategy(name)           what `Replicas` takes, chosen by a name
worker_folder(strategy, dir)  where this process keeps its run
"""

import keras

if keras.backend.backend() == "jax":
    from gecat.training.backend import jax as chosen
else:
    from gecat.training.backend import tensorflow as chosen  # type: ignore[no-redef]

compiled = chosen.compiled
value_and_gradient = chosen.value_and_gradient
Replicas = chosen.Replicas
make_strategy = chosen.make_strategy
worker_folder = chosen.worker_folder
