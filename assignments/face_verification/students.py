"""Notebooks of the sample class that cannot be drawn from accepted answers and mistakes."""

from dltf.autograder import student

student("margin_gone", "The margin is subtracted; the last one always wins.")


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


student("exception", "A typo, and a name from another lesson.")


def verify(image_path, identity, database, model, threshold=0.7):
    encoding = img_to_encoding(image_path, model)
    dist = np.linalg.norm(encoding - database[indentity])
    return dist, bool(dist < threshold)


def who_is_it(image_path, database, model):
    encoding = img_to_encoding(image_path, FRmodel)
    return min((np.linalg.norm(encoding - e), name) for name, e in database.items())


student("hard_coded", "The numbers that a notebook printed.")


def triplet_loss(y_true, y_pred, alpha=0.2):
    return 528.143


def verify(image_path, identity, database, model, threshold=0.7):
    return 0.65939283, True


def who_is_it(image_path, database, model):
    return 0.659393, "younes"


student(
    "generation_2017",
    "The notebook of 2017: img_to_encoding comes from its helper file.",
    older=True,
)
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
