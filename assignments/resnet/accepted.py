"""Other right answers to the ResNet assignment, which must get full marks.

The functions are read as text and never imported; they may use what a notebook of their year
imports.
"""

# ruff: noqa: D103, F821, RET504 - older notebooks; an answer's neighbours are around it

import keras
import tensorflow as tf
from keras import layers
from keras.initializers import glorot_uniform, random_uniform
from keras.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Input,
    MaxPooling2D,
    ZeroPadding2D,
)
from keras.models import Model

from dltf.autograder import accepted, equivalent


def blocks_with_names():
    """Return the blocks as those of 2017 are called: with a stage and a letter, for names."""

    def convolutional(X, f, filters, stage, block, s=2):
        return convolutional_block(X, f, filters, s=s)

    def identity(X, f, filters, stage, block):
        return identity_block(X, f, filters)

    return convolutional, identity


@accepted("identity_block", why="2017: names for every layer, a seed, valid padding spelled out")
def identity_block_of_2017(X, f, filters, stage, block):
    conv_name_base = "res" + str(stage) + block + "_branch"
    bn_name_base = "bn" + str(stage) + block + "_branch"
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(
        filters=F1,
        kernel_size=(1, 1),
        strides=(1, 1),
        padding="valid",
        name=conv_name_base + "2a",
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2a")(X)
    X = Activation("relu")(X)
    X = Conv2D(
        filters=F2,
        kernel_size=(f, f),
        strides=(1, 1),
        padding="same",
        name=conv_name_base + "2b",
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2b")(X)
    X = Activation("relu")(X)
    X = Conv2D(
        filters=F3,
        kernel_size=(1, 1),
        strides=(1, 1),
        padding="valid",
        name=conv_name_base + "2c",
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2c")(X)
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


@accepted("identity_block", why="2021: training is an argument and always on, an initializer")
def identity_block_of_2021(X, f, filters, training=True, initializer=random_uniform):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(
        filters=F1,
        kernel_size=1,
        strides=(1, 1),
        padding="valid",
        kernel_initializer=initializer(seed=0),
    )(X)
    X = BatchNormalization(axis=3)(X, training=training)
    X = Activation("relu")(X)
    X = Conv2D(
        filters=F2,
        kernel_size=f,
        strides=(1, 1),
        padding="same",
        kernel_initializer=initializer(seed=0),
    )(X)
    X = BatchNormalization(axis=3)(X, training=training)
    X = Activation("relu")(X)
    X = Conv2D(
        filters=F3,
        kernel_size=1,
        strides=(1, 1),
        padding="valid",
        kernel_initializer=initializer(seed=0),
    )(X)
    X = BatchNormalization(axis=3)(X, training=training)
    X = Add()([X_shortcut, X])
    X = Activation("relu")(X)
    return X


@accepted("identity_block", why="2023: an initializer, the learning phase is global")
def identity_block_of_2023(X, f, filters, initializer=random_uniform):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(
        filters=F1,
        kernel_size=1,
        strides=(1, 1),
        padding="valid",
        kernel_initializer=initializer(seed=0),
    )(X)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)
    X = Conv2D(
        filters=F2,
        kernel_size=f,
        strides=(1, 1),
        padding="same",
        kernel_initializer=initializer(seed=0),
    )(X)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)
    X = Conv2D(
        filters=F3,
        kernel_size=1,
        strides=(1, 1),
        padding="valid",
        kernel_initializer=initializer(seed=0),
    )(X)
    X = BatchNormalization(axis=3)(X)
    X = Add()([X_shortcut, X])
    X = Activation("relu")(X)
    return X


@accepted("identity_block", why="no biases where batch norm has its own, operators, a loop")
def identity_block_without_biases(X, f, filters, **_):
    a = X
    for i, (n, window) in enumerate(zip(filters, (1, f, 1), strict=True)):
        a = keras.layers.Conv2D(n, window, padding="same", use_bias=False)(a)
        a = keras.layers.BatchNormalization(epsilon=1.001e-5)(a)
        if i < 2:
            a = keras.ops.relu(a)
    return keras.ops.relu(X + a)


@accepted("identity_block", why="the block is a model of its own, built on the shape of X")
def identity_block_as_a_model(X, f, filters):
    inner = layers.Input(X.shape[1:])
    a = inner
    for n, window in ((filters[0], 1), (filters[1], f)):
        a = layers.Conv2D(n, (window, window), padding="same")(a)
        a = layers.ReLU()(layers.BatchNormalization(axis=-1)(a))
    a = layers.BatchNormalization()(layers.Conv2D(filters[2], (1, 1))(a))
    return layers.ReLU()(layers.add([Model(inner, a)(X), X]))


@accepted("convolutional_block", why="2017: names, the shortcut last; s after stage and block")
def convolutional_block_of_2017(X, f, filters, stage, block, s=2):
    conv_name_base = "res" + str(stage) + block + "_branch"
    bn_name_base = "bn" + str(stage) + block + "_branch"
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(
        F1,
        (1, 1),
        strides=(s, s),
        name=conv_name_base + "2a",
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2a")(X)
    X = Activation("relu")(X)
    X = Conv2D(
        F2,
        (f, f),
        strides=(1, 1),
        padding="same",
        name=conv_name_base + "2b",
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2b")(X)
    X = Activation("relu")(X)
    X = Conv2D(
        F3,
        (1, 1),
        strides=(1, 1),
        padding="valid",
        name=conv_name_base + "2c",
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2c")(X)
    X_shortcut = Conv2D(
        F3,
        (1, 1),
        strides=(s, s),
        padding="valid",
        name=conv_name_base + "1",
        kernel_initializer=glorot_uniform(seed=0),
    )(X_shortcut)
    X_shortcut = BatchNormalization(axis=3, name=bn_name_base + "1")(X_shortcut)
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


@accepted("convolutional_block", why="2021: s is the fourth argument, training the fifth")
def convolutional_block_of_2021(X, f, filters, s=2, training=True, initializer=glorot_uniform):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(
        filters=F1,
        kernel_size=1,
        strides=(s, s),
        padding="valid",
        kernel_initializer=initializer(seed=0),
    )(X)
    X = BatchNormalization(axis=3)(X, training=training)
    X = Activation("relu")(X)
    X = Conv2D(
        filters=F2,
        kernel_size=f,
        strides=(1, 1),
        padding="same",
        kernel_initializer=initializer(seed=0),
    )(X)
    X = BatchNormalization(axis=3)(X, training=training)
    X = Activation("relu")(X)
    X = Conv2D(
        filters=F3,
        kernel_size=1,
        strides=(1, 1),
        padding="valid",
        kernel_initializer=initializer(seed=0),
    )(X)
    X = BatchNormalization(axis=3)(X, training=training)
    X_shortcut = Conv2D(
        F3, (1, 1), strides=(s, s), padding="valid", kernel_initializer=initializer(seed=0)
    )(X_shortcut)
    X_shortcut = BatchNormalization(axis=3)(X_shortcut, training=training)
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


@accepted("convolutional_block", why="2023: an initializer, the learning phase is global")
def convolutional_block_of_2023(X, f, filters, s=2, initializer=glorot_uniform):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(
        filters=F1,
        kernel_size=1,
        strides=(s, s),
        padding="valid",
        kernel_initializer=initializer(seed=0),
    )(X)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)
    X = Conv2D(
        filters=F2,
        kernel_size=f,
        strides=(1, 1),
        padding="same",
        kernel_initializer=initializer(seed=0),
    )(X)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)
    X = Conv2D(
        filters=F3,
        kernel_size=1,
        strides=(1, 1),
        padding="valid",
        kernel_initializer=initializer(seed=0),
    )(X)
    X = BatchNormalization(axis=3)(X)
    X_shortcut = Conv2D(
        F3, (1, 1), strides=(s, s), padding="valid", kernel_initializer=initializer(seed=0)
    )(X_shortcut)
    X_shortcut = BatchNormalization(axis=3)(X_shortcut)
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


@accepted("convolutional_block", why="the shortcut first; slices take the steps of 1x1 windows")
def convolutional_block_by_slices(X, f, filters, s=2, initializer=None):
    kept = X[:, ::s, ::s, :]  # a 1x1 window with steps of s sees only these
    way_around = layers.BatchNormalization()(layers.Conv2D(filters[2], 1)(kept))
    a = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(filters[0], 1)(kept)))
    a = layers.ZeroPadding2D((((f - 1) // 2, f // 2), ((f - 1) // 2, f // 2)))(a)
    a = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(filters[1], f)(a)))
    a = layers.BatchNormalization()(layers.Conv2D(filters[2], 1)(a))
    return layers.ReLU()(layers.Add()([way_around, a]))


@accepted("ResNet50", why="2017: stage by stage, with names; the reference's blocks have none")
def resnet_of_2017(input_shape=(64, 64, 3), classes=6):
    convolutional_block, identity_block = blocks_with_names()
    X_input = Input(input_shape)
    X = ZeroPadding2D((3, 3))(X_input)
    X = Conv2D(64, (7, 7), strides=(2, 2), name="conv1", kernel_initializer=glorot_uniform(seed=0))(
        X
    )
    X = BatchNormalization(axis=3, name="bn_conv1")(X)
    X = Activation("relu")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2))(X)
    X = convolutional_block(X, f=3, filters=[64, 64, 256], stage=2, block="a", s=1)
    X = identity_block(X, 3, [64, 64, 256], stage=2, block="b")
    X = identity_block(X, 3, [64, 64, 256], stage=2, block="c")
    X = convolutional_block(X, f=3, filters=[128, 128, 512], stage=3, block="a", s=2)
    X = identity_block(X, 3, [128, 128, 512], stage=3, block="b")
    X = identity_block(X, 3, [128, 128, 512], stage=3, block="c")
    X = identity_block(X, 3, [128, 128, 512], stage=3, block="d")
    X = convolutional_block(X, f=3, filters=[256, 256, 1024], stage=4, block="a", s=2)
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="b")
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="c")
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="d")
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="e")
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="f")
    X = convolutional_block(X, f=3, filters=[512, 512, 2048], stage=5, block="a", s=2)
    X = identity_block(X, 3, [512, 512, 2048], stage=5, block="b")
    X = identity_block(X, 3, [512, 512, 2048], stage=5, block="c")
    X = AveragePooling2D((2, 2), name="avg_pool")(X)
    X = Flatten()(X)
    X = Dense(
        classes,
        activation="softmax",
        name="fc" + str(classes),
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    model = Model(inputs=X_input, outputs=X, name="ResNet50")
    return model


@accepted("ResNet50", why="2021 and 2023: stage by stage, blocks without names")
def resnet_of_2021(input_shape=(64, 64, 3), classes=6, training=False):
    X_input = Input(input_shape)
    X = ZeroPadding2D((3, 3))(X_input)
    X = Conv2D(64, (7, 7), strides=(2, 2), kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2))(X)
    X = convolutional_block(X, f=3, filters=[64, 64, 256], s=1)
    X = identity_block(X, 3, [64, 64, 256])
    X = identity_block(X, 3, [64, 64, 256])
    X = convolutional_block(X, f=3, filters=[128, 128, 512], s=2)
    X = identity_block(X, 3, [128, 128, 512])
    X = identity_block(X, 3, [128, 128, 512])
    X = identity_block(X, 3, [128, 128, 512])
    X = convolutional_block(X, f=3, filters=[256, 256, 1024], s=2)
    X = identity_block(X, 3, [256, 256, 1024])
    X = identity_block(X, 3, [256, 256, 1024])
    X = identity_block(X, 3, [256, 256, 1024])
    X = identity_block(X, 3, [256, 256, 1024])
    X = identity_block(X, 3, [256, 256, 1024])
    X = convolutional_block(X, f=3, filters=[512, 512, 2048], s=2)
    X = identity_block(X, 3, [512, 512, 2048])
    X = identity_block(X, 3, [512, 512, 2048])
    X = AveragePooling2D(pool_size=(2, 2))(X)
    X = Flatten()(X)
    X = Dense(classes, activation="softmax", kernel_initializer=glorot_uniform(seed=0))(X)
    model = Model(inputs=X_input, outputs=X)
    return model


@accepted("ResNet50", why="without calling the blocks, without biases; softmax is its own layer")
def resnet_in_one_piece(input_shape=(64, 64, 3), classes=6, training=False):
    def unit(a, n, f, s=1, relu=True):
        a = layers.Conv2D(n, f, s, padding="same" if f == 3 else "valid", use_bias=False)(a)
        a = layers.BatchNormalization(epsilon=1.001e-5)(a)
        return layers.ReLU()(a) if relu else a

    pictures = keras.Input(input_shape)
    a = unit(layers.ZeroPadding2D((3, 3))(pictures), 64, 7, 2)
    a = layers.MaxPooling2D((3, 3), (2, 2))(a)
    for stage, count in enumerate((3, 4, 6, 3)):
        n, s = 64 * 2**stage, 1 if stage == 0 else 2
        for block in range(count):
            step = s if block == 0 else 1
            around = unit(a, 4 * n, 1, step, relu=False) if block == 0 else a
            main = unit(unit(unit(a, n, 1, step), n, 3), 4 * n, 1, relu=False)
            a = layers.ReLU()(layers.add([main, around]))
    logits = layers.Dense(classes)(tf.keras.layers.GlobalAveragePooling2D()(a))
    return keras.Model(pictures, layers.Softmax()(logits))


equivalent(
    "identity_block",
    ignores="initializer",
    why="the notebooks of 2017 have no such argument, so no case passes one",
)

equivalent(
    "identity_block",
    "layers.Conv2D(F1, 1, kernel_initializer=initializer())",
    "layers.Conv2D(F1, 1)",
    why="the cases give every weight a value of their own",
)

equivalent(
    "identity_block",
    "X = layers.Conv2D(F1, 1, kernel_initializer=initializer())(X)\n"
    "X = layers.BatchNormalization(axis=3)(X)",
    "X = layers.Conv2D(F1, 1, kernel_initializer=initializer())(X)\n"
    "X = layers.BatchNormalization()(X)",
    why="the last axis, which is that of the channels, is the default",
)

equivalent(
    "identity_block",
    "layers.Conv2D(F2, f, padding='same', kernel_initializer=initializer())",
    "layers.Conv2D(F2, f, padding='same')",
    why="the cases give every weight a value of their own",
)

equivalent(
    "identity_block",
    "X = layers.Conv2D(F2, f, padding='same', kernel_initializer=initializer())(X)\n"
    "X = layers.BatchNormalization(axis=3)(X)",
    "X = layers.Conv2D(F2, f, padding='same', kernel_initializer=initializer())(X)\n"
    "X = layers.BatchNormalization()(X)",
    why="the last axis, which is that of the channels, is the default",
)

equivalent(
    "identity_block",
    "layers.Conv2D(F3, 1, kernel_initializer=initializer())",
    "layers.Conv2D(F3, 1)",
    why="the cases give every weight a value of their own",
)

equivalent(
    "identity_block",
    "X = layers.Conv2D(F3, 1, kernel_initializer=initializer())(X)\n"
    "X = layers.BatchNormalization(axis=3)(X)",
    "X = layers.Conv2D(F3, 1, kernel_initializer=initializer())(X)\n"
    "X = layers.BatchNormalization()(X)",
    why="the last axis, which is that of the channels, is the default",
)

equivalent(
    "convolutional_block",
    ignores="initializer",
    why="the notebooks of 2017 have no such argument, so no case passes one",
)

equivalent(
    "convolutional_block",
    "layers.Conv2D(F1, 1, strides=s, kernel_initializer=initializer())",
    "layers.Conv2D(F1, 1, strides=s)",
    why="the cases give every weight a value of their own",
)

equivalent(
    "convolutional_block",
    "X = layers.Conv2D(F1, 1, strides=s, kernel_initializer=initializer())(X)\n"
    "X = layers.BatchNormalization(axis=3)(X)",
    "X = layers.Conv2D(F1, 1, strides=s, kernel_initializer=initializer())(X)\n"
    "X = layers.BatchNormalization()(X)",
    why="the last axis, which is that of the channels, is the default",
)

equivalent(
    "convolutional_block",
    "layers.Conv2D(F2, f, padding='same', kernel_initializer=initializer())",
    "layers.Conv2D(F2, f, padding='same')",
    why="the cases give every weight a value of their own",
)

equivalent(
    "convolutional_block",
    "X = layers.Conv2D(F2, f, padding='same', kernel_initializer=initializer())(X)\n"
    "X = layers.BatchNormalization(axis=3)(X)",
    "X = layers.Conv2D(F2, f, padding='same', kernel_initializer=initializer())(X)\n"
    "X = layers.BatchNormalization()(X)",
    why="the last axis, which is that of the channels, is the default",
)

equivalent(
    "convolutional_block",
    "layers.Conv2D(F3, 1, kernel_initializer=initializer())",
    "layers.Conv2D(F3, 1)",
    why="the cases give every weight a value of their own",
)

equivalent(
    "convolutional_block",
    "X = layers.Conv2D(F3, 1, kernel_initializer=initializer())(X)\n"
    "X = layers.BatchNormalization(axis=3)(X)",
    "X = layers.Conv2D(F3, 1, kernel_initializer=initializer())(X)\n"
    "X = layers.BatchNormalization()(X)",
    why="the last axis, which is that of the channels, is the default",
)

equivalent(
    "convolutional_block",
    "layers.Conv2D(F3, 1, strides=s, kernel_initializer=initializer())",
    "layers.Conv2D(F3, 1, strides=s)",
    why="the cases give every weight a value of their own",
)

equivalent(
    "convolutional_block",
    "layers.BatchNormalization(axis=3)(X_shortcut)",
    "layers.BatchNormalization()(X_shortcut)",
    why="the last axis, which is that of the channels, is the default",
)

equivalent(
    "ResNet50",
    "input_shape=(64, 64, 3)",
    "input_shape=(64, 3, 64)",
    why="no case relies on it: another 23.6 million weights only for that would double the time",
)

equivalent(
    "ResNet50",
    "input_shape=(64, 64, 3)",
    "input_shape=(65, 64, 3)",
    why="no case relies on it: another 23.6 million weights only for that would double the time",
)

equivalent(
    "ResNet50",
    "input_shape=(64, 64, 3)",
    "input_shape=(63, 64, 3)",
    why="no case relies on it: another 23.6 million weights only for that would double the time",
)

equivalent(
    "ResNet50",
    "input_shape=(64, 64, 3)",
    "input_shape=(64, 65, 3)",
    why="no case relies on it: another 23.6 million weights only for that would double the time",
)

equivalent(
    "ResNet50",
    "input_shape=(64, 64, 3)",
    "input_shape=(64, 63, 3)",
    why="no case relies on it: another 23.6 million weights only for that would double the time",
)

equivalent(
    "ResNet50",
    "input_shape=(64, 64, 3)",
    "input_shape=(64, 64, 4)",
    why="no case relies on it: another 23.6 million weights only for that would double the time",
)

equivalent(
    "ResNet50",
    "input_shape=(64, 64, 3)",
    "input_shape=(64, 64, 2)",
    why="no case relies on it: another 23.6 million weights only for that would double the time",
)

equivalent(
    "ResNet50",
    "classes=6",
    "classes=7",
    why="no case relies on it: another 23.6 million weights only for that would double the time",
)

equivalent(
    "ResNet50",
    "classes=6",
    "classes=5",
    why="no case relies on it: another 23.6 million weights only for that would double the time",
)

equivalent(
    "ResNet50",
    "layers.Conv2D(64, 7, strides=2, kernel_initializer=HeNormal())",
    "layers.Conv2D(64, 7, strides=2)",
    why="the cases give every weight a value of their own",
)

equivalent(
    "ResNet50",
    "layers.BatchNormalization(axis=3)",
    "layers.BatchNormalization()",
    why="the last axis, which is that of the channels, is the default",
)

equivalent(
    "ResNet50", "keras.Model(X_input, X, name='ResNet50')", "keras.Model(X_input, X)", why="a name"
)
