"""Answers as real students hand them in, for the sample class: one class, one student.

What a student leaves out is right. The classes are read as text and never imported.
"""

# ruff: noqa: D102, F821, RET504, SIM108 - this is how students write

import keras
import numpy as np


class own_reader:
    """Right: an own img_to_encoding as in the notebook of 2021, 160 pixels, an own scale."""

    def img_to_encoding(image_path, model):
        img = keras.utils.load_img(image_path, target_size=(160, 160))
        img = np.around(np.array(img) / 255.0, decimals=12)
        x_train = np.expand_dims(img, axis=0)
        embedding = model.predict_on_batch(x_train)
        return embedding / np.linalg.norm(embedding, ord=2)

    def verify(image_path, identity, database, model):
        encoding = img_to_encoding(image_path, model)
        dist = np.linalg.norm(encoding - database[identity])
        door_open = bool(dist < 0.7)
        return dist, door_open


class squares_everywhere:
    """The distance of the loss at the door as well."""

    def verify(image_path, identity, database, model, threshold=0.7):
        encoding = img_to_encoding(image_path, model)
        dist = np.sum(np.square(np.subtract(encoding, database[identity])))
        if dist < threshold:
            door_open = True
        else:
            door_open = False
        return dist, door_open

    def who_is_it(image_path, database, model):
        encoding = img_to_encoding(image_path, model)
        min_dist = 100
        for name, db_enc in database.items():
            dist = np.sum((encoding - db_enc) ** 2)
            if dist < min_dist:
                min_dist = dist
                identity = name
        return min_dist, identity


class as_published:
    """The reduction that an edition of the course published."""

    def triplet_loss(y_true, y_pred, alpha=0.2):
        anchor, positive, negative = y_pred[0], y_pred[1], y_pred[2]
        pos_dist = keras.ops.sum(keras.ops.square(anchor - positive))
        neg_dist = keras.ops.sum(keras.ops.square(anchor - negative))
        basic_loss = pos_dist - neg_dist + alpha
        loss = keras.ops.maximum(basic_loss, 0.0)
        return loss


class the_mean:
    """The mean of the triplets, and a NumPy bool."""

    def triplet_loss(y_true, y_pred, alpha=0.2):
        a, p, n = y_pred
        d = keras.ops.sum((a - p) ** 2, axis=1) - keras.ops.sum((a - n) ** 2, axis=1)
        return keras.ops.mean(keras.ops.relu(d + alpha))

    def verify(image_path, identity, database, model, threshold=0.7):
        dist = np.linalg.norm(img_to_encoding(image_path, model) - database[identity])
        return dist, dist < threshold


class margin_gone:
    """The margin is subtracted; the last one always wins."""

    def triplet_loss(y_true, y_pred, alpha=0.2):
        a, p, n = y_pred
        to_p = keras.ops.sum(keras.ops.square(a - p), axis=-1)
        to_n = keras.ops.sum(keras.ops.square(a - n), axis=-1)
        return keras.ops.sum(keras.ops.maximum(to_p - to_n - alpha, 0.0))

    def who_is_it(image_path, database, model):
        encoding = img_to_encoding(image_path, model)
        min_dist = 100
        for name in database:
            dist = np.linalg.norm(encoding - database[name])
            if dist < 0.7:
                min_dist = dist
                identity = name
            elif min_dist == 100:
                identity = "nobody"
        return min_dist, identity


class no_gradient:
    """NumPy in the loss: the number is right, and nothing can be learned from it."""

    def triplet_loss(y_true, y_pred, alpha=0.2):
        a, p, n = (np.array(t) for t in y_pred)
        basic = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1) + alpha
        return np.sum(np.maximum(basic, 0.0))


class exception:
    """A typo, and a name from another lesson."""

    def verify(image_path, identity, database, model, threshold=0.7):
        encoding = img_to_encoding(image_path, model)
        dist = np.linalg.norm(encoding - database[indentity])
        return dist, bool(dist < threshold)

    def who_is_it(image_path, database, model):
        encoding = img_to_encoding(image_path, FRmodel)
        return min((np.linalg.norm(encoding - e), name) for name, e in database.items())


class hard_coded:
    """The numbers that a notebook printed."""

    def triplet_loss(y_true, y_pred, alpha=0.2):
        return 528.143

    def verify(image_path, identity, database, model, threshold=0.7):
        return 0.65939283, True

    def who_is_it(image_path, database, model):
        return 0.659393, "younes"


class generation_2017:
    """The notebook of 2017: img_to_encoding comes from its helper file."""

    import tensorflow as tf

    def triplet_loss(y_true, y_pred, alpha=0.2):

        anchor, positive, negative = y_pred[0], y_pred[1], y_pred[2]
        ### START CODE HERE ### (≈ 4 lines)
        # Step 1: Compute the (encoding) distance between the anchor and the positive
        pos_dist = tf.reduce_sum(tf.square(tf.subtract(anchor, positive)), axis=-1)
        # Step 2: Compute the (encoding) distance between the anchor and the negative
        neg_dist = tf.reduce_sum(tf.square(tf.subtract(anchor, negative)), axis=-1)
        # Step 3: subtract the two previous distances and add alpha.
        basic_loss = tf.add(tf.subtract(pos_dist, neg_dist), alpha)
        # Step 4: Take the maximum of basic_loss and 0.0. Sum over the training examples.
        loss = tf.reduce_sum(tf.maximum(basic_loss, 0.0))
        ### END CODE HERE ###
        return loss

    def verify(image_path, identity, database, model):
        ### START CODE HERE ###
        encoding = img_to_encoding(image_path, model)
        dist = np.linalg.norm(encoding - database[identity])
        if dist < 0.7:
            print("It's " + str(identity) + ", welcome home!")
            door_open = True
        else:
            print("It's not " + str(identity) + ", please go away")
            door_open = False
        ### END CODE HERE ###
        return dist, door_open

    def who_is_it(image_path, database, model):
        ### START CODE HERE ###
        encoding = img_to_encoding(image_path, model)
        min_dist = 100
        for name, db_enc in database.items():
            dist = np.linalg.norm(encoding - db_enc)
            if dist < min_dist:
                min_dist = dist
                identity = name
        ### END CODE HERE ###
        if min_dist > 0.7:
            print("Not in the database.")
        else:
            print("it's " + str(identity) + ", the distance is " + str(min_dist))
        return min_dist, identity
