"""Other right answers to the face verification assignment: each must get full marks."""

# ruff: noqa: D103, F821, RET504 - older notebooks; an answer's neighbours are around it

import keras
import numpy as np
import tensorflow as tf

from dltf.autograder import accepted, equivalent


@accepted("triplet_loss", why="2019 and 2021 notebooks: tf, subtract and add by name")
def triplet_loss_of_2021(y_true, y_pred, alpha=0.2):
    anchor, positive, negative = y_pred[0], y_pred[1], y_pred[2]
    pos_dist = tf.reduce_sum(tf.square(tf.subtract(anchor, positive)), axis=-1)
    neg_dist = tf.reduce_sum(tf.square(tf.subtract(anchor, negative)), axis=-1)
    basic_loss = tf.add(tf.subtract(pos_dist, neg_dist), alpha)
    loss = tf.reduce_sum(tf.maximum(basic_loss, 0.0))
    return loss


@accepted("triplet_loss", why="2017 and 2021 notebooks: operators, a whole 0")
def triplet_loss_of_2017(y_true, y_pred, alpha=0.2):
    anchor, positive, negative = y_pred[0], y_pred[1], y_pred[2]
    pos_dist = tf.reduce_sum(tf.square(anchor - positive), axis=-1)
    neg_dist = tf.reduce_sum(tf.square(anchor - negative), axis=-1)
    basic_loss = pos_dist - neg_dist + alpha
    loss = tf.reduce_sum(tf.maximum(basic_loss, 0))
    return loss


@accepted("triplet_loss", why="ReLU is the maximum with 0; the norm squared; another name")
def triplet_loss_by_relu(y_true, y_pred, margin=0.2):
    a, p, n = y_pred
    return tf.reduce_sum(
        tf.nn.relu(tf.reduce_sum((a - p) ** 2 - (a - n) ** 2, axis=1) + margin), axis=0
    )


@accepted("triplet_loss", why="a loop over the triplets, and their mean times their number")
def triplet_loss_by_loop(y_true, y_pred, alpha=0.2):
    losses = [
        keras.ops.maximum(keras.ops.sum((a - p) ** 2) - keras.ops.sum((a - n) ** 2) + alpha, 0.0)
        for a, p, n in zip(*(keras.ops.unstack(part) for part in y_pred), strict=True)
    ]
    return keras.ops.mean(keras.ops.stack(losses)) * len(losses)


@accepted("verify", why="2017 and 2021 notebooks: prints, and an if for the door")
def verify_of_2017(image_path, identity, database, model):
    encoding = img_to_encoding(image_path, model)
    dist = np.linalg.norm(encoding - database[identity])
    if dist < 0.7:
        print("It's " + str(identity) + ", welcome in!")
        door_open = True
    else:
        print("It's not " + str(identity) + ", please go away")
        door_open = False
    return dist, door_open


@accepted("verify", why="2021 notebooks: NumPy's norm of a tensor")
def verify_of_2021(image_path, identity, database, model):
    encoding = img_to_encoding(image_path, model)
    dist = np.linalg.norm(tf.subtract(database[identity], encoding))
    if dist < 0.7:
        print("It's " + str(identity) + ", welcome in!")
        door_open = True
    else:
        print("It's not " + str(identity) + ", please go away")
        door_open = False
    return dist, door_open


@accepted("verify", why="TensorFlow's norm; the door opens at the threshold itself too")
def verify_by_tensorflow(image_path, identity, database, model, threshold=0.7):
    difference = tf.subtract(database[identity], img_to_encoding(image_path, model))
    dist = tf.norm(difference)
    return dist, bool(dist <= threshold)


@accepted("verify", why="the root of a dot product of flat vectors")
def verify_by_dot_product(image_path, identity, database, model):
    d = (img_to_encoding(image_path, model=model) - database[identity]).reshape(-1)
    dist = np.sqrt(np.dot(d, d))
    return [dist, not dist > 0.7]


@accepted("who_is_it", why="2017 and 2021 notebooks: min_dist starts at 100, prints")
def who_is_it_of_2017(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist = 100
    for name, db_enc in database.items():
        dist = np.linalg.norm(encoding - db_enc)
        if dist < min_dist:
            min_dist = dist
            identity = name
    if min_dist > 0.7:
        print("Not in the database.")
    else:
        print("it's " + str(identity) + ", the distance is " + str(min_dist))
    return min_dist, identity


@accepted("who_is_it", why="2021 notebooks: NumPy's norm of a tensor")
def who_is_it_of_2021(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist = 100
    for name, db_enc in database.items():
        dist = np.linalg.norm(tf.subtract(db_enc, encoding))
        if dist < min_dist:
            min_dist = dist
            identity = name
    if min_dist > 0.7:
        print("Not in the database.")
    else:
        print("it's " + str(identity) + ", the distance is " + str(min_dist))
    return min_dist, identity


@accepted("who_is_it", why="min of pairs")
def who_is_it_by_min(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    return min((float(np.linalg.norm(encoding - known)), name) for name, known in database.items())


@accepted("who_is_it", why="all distances at once, argmin")
def who_is_it_at_once(image_path, database, model):
    names, known = list(database), np.concatenate(list(database.values()))
    distances = np.linalg.norm(known - img_to_encoding(image_path, model), axis=1)
    nearest = np.argmin(distances)
    return distances[nearest], names[nearest]


@accepted("pairwise_distances", why="by broadcasting, which needs more memory")
def distances_by_broadcasting(A, B):
    return np.linalg.norm(A[:, None] - B[None], axis=-1)


@accepted("pairwise_distances", why="two loops that fill an array")
def distances_filled_in(A, B):
    distances = np.zeros((A.shape[0], B.shape[0]))
    for i in range(A.shape[0]):
        for j in range(B.shape[0]):
            distances[i, j] = np.linalg.norm(A[i] - B[j])
    return distances


@accepted("pairwise_distances", why="two loops are right, only slow")
def distances_by_loops(A, B):
    return np.array([[np.sqrt(np.sum((a - b) ** 2)) for b in B] for a in A])


@accepted("semi_hard_triplets", why="three loops")
def semi_hard_by_loops(distances, labels):
    rows, m = [], len(labels)
    for a in range(m):
        others = [n for n in range(m) if labels[n] != labels[a]]
        for p in range(m):
            if p == a or labels[p] != labels[a] or not others:
                continue
            behind = [n for n in others if distances[a, n] > distances[a, p]]
            if behind:
                chosen = min(behind, key=lambda n: distances[a, n])
            else:
                chosen = max(others, key=lambda n: distances[a, n])
            rows.append((a, p, chosen))
    return np.array(rows, dtype=int).reshape(-1, 3)


@accepted("contrastive_loss", why="step by step")
def contrastive_step_by_step(y_true, distances, margin=1.0):
    y_true = tf.cast(y_true, distances.dtype)
    pos_loss = y_true * tf.square(distances)
    neg_loss = (1 - y_true) * tf.square(tf.maximum(margin - distances, 0.0))
    loss = tf.reduce_mean(pos_loss + neg_loss)
    return loss


@accepted("contrastive_loss", why="tf, and where instead of two products")
def contrastive_by_where(y_true, distances, margin=1.0):
    apart = tf.nn.relu(margin - distances)
    return tf.reduce_mean(tf.where(tf.cast(y_true, tf.bool), distances**2, apart**2))


@accepted("best_threshold", why="every distance tried, one after the other")
def best_threshold_by_loop(distances, same):
    best, accuracy = 0.0, -1.0
    for threshold in np.concatenate([distances + 1e-9, [distances.min() - 1]]):
        right = np.mean((distances < threshold) == same)
        if right > accuracy:
            best, accuracy = threshold, right
    return best, accuracy


equivalent(
    "triplet_loss", "anchor - positive", "positive - anchor", why="a square does not see the sign"
)


equivalent(
    "triplet_loss", "anchor - negative", "negative - anchor", why="a square does not see the sign"
)


equivalent(
    "triplet_loss",
    "keras.ops.sum(keras.ops.square(anchor - positive), axis=-1)",
    "keras.ops.sum(keras.ops.square(anchor - positive), axis=1)",
    why="encodings have two axes",
)


equivalent(
    "triplet_loss",
    "keras.ops.sum(keras.ops.square(anchor - negative), axis=-1)",
    "keras.ops.sum(keras.ops.square(anchor - negative), axis=1)",
    why="encodings have two axes",
)


equivalent(
    "verify", ignores="threshold", why="older notebooks have no threshold, so no case passes one"
)


equivalent(
    "verify",
    "encoding - database[identity]",
    "database[identity] - encoding",
    why="a norm does not see the sign",
)


equivalent(
    "verify",
    "dist < threshold",
    "dist <= threshold",
    why="no distance is equal to the threshold, and the course does not say",
)


equivalent("who_is_it", "encoding - known", "known - encoding", why="a norm does not see the sign")


equivalent(
    "who_is_it", "dist < min_dist", "dist <= min_dist", why="no two people are equally far away"
)


equivalent(
    "semi_hard_triplets",
    "candidates > distances[anchors, positives][:, None]",
    "candidates >= distances[anchors, positives][:, None]",
    why="no two distances are equal",
)


equivalent(
    "semi_hard_triplets",
    "distances[anchors, positives]",
    "distances[positives, anchors]",
    why="distances are symmetric",
)
