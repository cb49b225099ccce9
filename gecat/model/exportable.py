"""The same networks in layers that can be exported for pictures of any size."""


def exportable(network):
    """Puts layers that say the same in the place of those that are exported badly, or not at all.

    Args:
        network: keras model.

    Returns:
        keras model; it shares the layers that are not replaced, and so their weights.
    """
    import keras

    def replace(layer):
        if isinstance(layer, keras.layers.UpSampling2D):
            return _doubling(layer)
        return _attention(layer) if isinstance(layer, keras.layers.MultiHeadAttention) else layer

    return keras.models.clone_model(network, clone_function=replace)


def _doubling(layer):
    """Doubles pictures whose size is not known when they are traced.

    The layer of Keras 3.15 asks in Python whether a size is positive, which only a number can
    answer.
    """
    import keras
    import tensorflow as tf

    class Doubling(keras.layers.Layer):
        def call(self, x):
            return tf.image.resize(x, 2 * tf.shape(x)[1:3], "bilinear")

        def compute_output_shape(self, shape):
            count, height, width, channels = shape
            return count, height and 2 * height, width and 2 * width, channels

    return Doubling(name=layer.name)


def _attention(layer):
    """Attends along one row of all pixels: products of matrices, which pictures' axes hide.

    tf2onnx tries every order of a product's axes, which for pictures took most of a minute.
    """
    import keras
    from keras import ops

    class Attention(keras.layers.Layer):
        def __init__(self):
            super().__init__(name=layer.name)
            config = layer.get_config() | {"attention_axes": None}
            self.attend = keras.layers.MultiHeadAttention.from_config(config)

        def build(self, query_shape, value_shape):
            rows = ((count, None, channels) for count, _, _, channels in (query_shape, value_shape))
            self.attend.build(*rows)
            self.attend.set_weights(layer.get_weights())

        def call(self, query, value):
            rows = (ops.reshape(x, (ops.shape(x)[0], -1, x.shape[-1])) for x in (query, value))
            return ops.reshape(self.attend(*rows), ops.shape(query))  # (N, H, W, C)

        def compute_output_shape(self, query_shape, value_shape):
            return query_shape

    return Attention()
