"""Other right answers to the gradient checking assignment: each must get full marks."""

# ruff: noqa: D103, F821, RET504, RUF059 - older notebooks; the reference is around an answer

import math

import numpy as np

from dltf.autograder import accepted, equivalent


@accepted("forward_propagation", why="2017 and 2021 notebooks: np.dot of two numbers")
def forward_by_dot(x, theta):
    J = np.dot(theta, x)
    return J


@accepted("forward_propagation", why="2017 and 2021 notebooks: a product")
def forward_of_2021(x, theta):
    J = theta * x
    return J


@accepted("backward_propagation", why="2017 and 2021 notebooks")
def slope_of_2017(x, theta):
    dtheta = x
    return dtheta


@accepted("backward_propagation", why="an array of one entry")
def slope_as_array(x, theta):
    return np.array([x])


@accepted("gradient_check", why="2017: no print_msg, five named steps, a coloured message")
def check_of_2017(x, theta, epsilon=1e-7):
    thetaplus = theta + epsilon
    thetaminus = theta - epsilon
    J_plus = forward_propagation(x, thetaplus)
    J_minus = forward_propagation(x, thetaminus)
    gradapprox = (J_plus - J_minus) / (2 * epsilon)
    grad = backward_propagation(x, theta)
    numerator = np.linalg.norm(grad - gradapprox)
    denominator = np.linalg.norm(grad) + np.linalg.norm(gradapprox)
    difference = numerator / denominator
    if difference < 1e-7:
        print("The gradient is correct!")
    else:
        print("\033[91mThe gradient is wrong!\033[0m")
    return difference


@accepted("gradient_check", why="2021: print_msg, theta_plus, a threshold of 2e-7")
def check_of_2021(x, theta, epsilon=1e-7, print_msg=False):
    theta_plus = theta + epsilon
    theta_minus = theta - epsilon
    J_plus = forward_propagation(x, theta_plus)
    J_minus = forward_propagation(x, theta_minus)
    gradapprox = (J_plus - J_minus) / (2 * epsilon)
    grad = backward_propagation(x, theta)
    numerator = np.linalg.norm(grad - gradapprox)
    denominator = np.linalg.norm(grad) + np.linalg.norm(gradapprox)
    difference = numerator / denominator
    if print_msg:
        if difference > 2e-7:
            print("The backward propagation is wrong: difference = " + str(difference))
        else:
            print("The backward propagation is right: difference = " + str(difference))
    return difference


@accepted("gradient_check", why="absolute values of numbers, an array of one entry, other names")
def check_by_absolute_values(x, theta, eps=1e-7):
    slope = (forward_propagation(x, theta + eps) - forward_propagation(x, theta - eps)) / eps / 2
    grad = backward_propagation(x, theta)
    return np.array([abs(grad - slope) / (abs(grad) + abs(slope))])


@accepted("gradient_check", why="a helper inside, the square root of the square")
def check_by_roots(x, theta, epsilon=1e-7, print_msg=True):
    def J(t):
        return forward_propagation(x=x, theta=t)

    approx = 0.5 * (J(theta + epsilon) / epsilon - J(theta - epsilon) / epsilon)
    grad = backward_propagation(x=x, theta=theta)
    difference = math.sqrt((grad - approx) ** 2) / (math.sqrt(grad**2) + math.sqrt(approx**2))
    if print_msg:
        print("difference:", difference)
    return difference


@accepted("gradient_check", why="whether it is small, and the difference")
def check_as_a_pair(x, theta, epsilon=1e-7):
    approx = forward_propagation(x, theta + epsilon) - forward_propagation(x, theta - epsilon)
    approx, grad = approx / (2 * epsilon), backward_propagation(x, theta)
    difference = np.linalg.norm(grad - approx) / (np.linalg.norm(grad) + np.linalg.norm(approx))
    return difference < 1e-7, difference


@accepted("gradient_check_n", why="2017: no print_msg, one-argument vector_to_dictionary")
def check_n_of_2017(parameters, gradients, X, Y, epsilon=1e-7):
    parameters_values, _ = dictionary_to_vector(parameters)
    grad = gradients_to_vector(gradients)
    num_parameters = parameters_values.shape[0]
    J_plus = np.zeros((num_parameters, 1))
    J_minus = np.zeros((num_parameters, 1))
    gradapprox = np.zeros((num_parameters, 1))
    for i in range(num_parameters):
        thetaplus = np.copy(parameters_values)
        thetaplus[i][0] = thetaplus[i][0] + epsilon
        J_plus[i], _ = forward_propagation_n(X, Y, vector_to_dictionary(thetaplus))
        thetaminus = np.copy(parameters_values)
        thetaminus[i][0] = thetaminus[i][0] - epsilon
        J_minus[i], _ = forward_propagation_n(X, Y, vector_to_dictionary(thetaminus))
        gradapprox[i] = (J_plus[i] - J_minus[i]) / (2.0 * epsilon)
    numerator = np.linalg.norm(grad - gradapprox)
    denominator = np.linalg.norm(grad) + np.linalg.norm(gradapprox)
    difference = numerator / denominator
    if difference > 1e-7:
        print("\033[93m" + "There is a mistake! difference = " + str(difference) + "\033[0m")
    else:
        print("\033[92m" + "Works perfectly fine! difference = " + str(difference) + "\033[0m")
    return difference


@accepted("gradient_check_n", why="2021: print_msg, theta_plus, a threshold of 2e-7")
def check_n_of_2021(parameters, gradients, X, Y, epsilon=1e-7, print_msg=False):
    parameters_values, _ = dictionary_to_vector(parameters)
    grad = gradients_to_vector(gradients)
    num_parameters = parameters_values.shape[0]
    J_plus = np.zeros((num_parameters, 1))
    J_minus = np.zeros((num_parameters, 1))
    gradapprox = np.zeros((num_parameters, 1))
    for i in range(num_parameters):
        theta_plus = np.copy(parameters_values)
        theta_plus[i] = theta_plus[i] + epsilon
        J_plus[i], _ = forward_propagation_n(X, Y, vector_to_dictionary(theta_plus))
        theta_minus = np.copy(parameters_values)
        theta_minus[i] = theta_minus[i] - epsilon
        J_minus[i], _ = forward_propagation_n(X, Y, vector_to_dictionary(theta_minus))
        gradapprox[i] = (J_plus[i] - J_minus[i]) / (2 * epsilon)
    numerator = np.linalg.norm(grad - gradapprox)
    denominator = np.linalg.norm(grad) + np.linalg.norm(gradapprox)
    difference = numerator / denominator
    if print_msg:
        if difference > 2e-7:
            print("The backward propagation is wrong: difference = " + str(difference))
        else:
            print("The backward propagation is right: difference = " + str(difference))
    return difference


@accepted("gradient_check_n", why="2021: lower-case x and y, print_msg, one entry moved and back")
def check_n_in_place(parameters, gradients, x, y, epsilon=1e-7, print_msg=False):
    theta, _ = dictionary_to_vector(parameters)
    grad, approx = gradients_to_vector(gradients).reshape(-1), []
    for i in range(theta.shape[0]):
        old = theta[i, 0]
        costs = []
        for value in (old + epsilon, old - epsilon):
            theta[i, 0] = value
            costs.append(forward_propagation_n(x, y, vector_to_dictionary(theta))[0])
        theta[i, 0] = old
        approx.append((costs[0] - costs[1]) / (2 * epsilon))
    approx = np.array(approx)
    size = np.sqrt(np.sum(grad**2)) + np.sqrt(np.sum(approx**2))
    return np.sqrt(np.sum((grad - approx) ** 2)) / size


@accepted("gradient_check_n", why="no vector at all: straight through the dictionary")
def check_n_by_dictionary(parameters, gradients, X, Y, epsilon=1e-7, print_msg=False):
    difference = size_1 = size_2 = 0.0
    for name, value in parameters.items():
        for index in np.ndindex(value.shape):
            old = value[index]
            value[index] = old + epsilon
            plus, _ = forward_propagation_n(X, Y, parameters)
            value[index] = old - epsilon
            minus, _ = forward_propagation_n(X, Y, parameters)
            value[index] = old
            approx, grad = (plus - minus) / (2 * epsilon), gradients["d" + name][index]
            difference += (grad - approx) ** 2
            size_1 += grad**2
            size_2 += approx**2
    return difference**0.5 / (size_1**0.5 + size_2**0.5)


@accepted("backward_propagation_n", why="2017 and 2021 notebooks, mended: 1./m, np.dot, np.int64")
def backward_of_2017(X, Y, cache):
    m = X.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    gradients = {
        "dZ3": dZ3, "dW3": dW3, "db3": db3, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2,
        "dA1": dA1, "dZ1": dZ1, "dW1": dW1, "db1": db1,
    }  # fmt: skip
    return gradients


@accepted("backward_propagation_n", why="the mean at the very start, a loop, the six gradients")
def backward_by_a_loop(X, Y, cache):
    Z, A, W = [None, *cache[0::4]], [X, *cache[1::4]], [None, *cache[2::4]]
    gradients, dZ = {}, (A[3] - Y) / Y.shape[1]
    for l in (3, 2, 1):
        gradients[f"dW{l}"] = dZ @ A[l - 1].T
        gradients[f"db{l}"] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dZ = (W[l].T @ dZ) * (Z[l - 1] > 0)
    return gradients


@accepted("numerical_gradient", why="entries moved in a copy, and back")
def numerical_in_a_copy(cost, parameters, epsilon=1e-6):
    moved = {name: value.copy() for name, value in parameters.items()}
    gradients = {}
    for name, value in moved.items():
        slope = np.zeros_like(value)
        for i in range(value.size):
            old = value.flat[i]
            value.flat[i] = old + epsilon
            up = cost(moved)
            value.flat[i] = old - epsilon
            slope.flat[i] = (up - cost(moved)) / (2 * epsilon)
            value.flat[i] = old
        gradients[f"d{name}"] = slope
    return gradients


@accepted("relative_differences", why="sums of squares, a comprehension")
def differences_by_squares(gradients, numerical):
    def norm(a):
        return float(np.sqrt(np.sum(np.square(a))))

    return {
        name: norm(value - gradients[name]) / (norm(value) + norm(gradients[name]))
        for name, value in numerical.items()
    }


equivalent(
    "numerical_gradient",
    "slopes = np.zeros(value.shape)",
    "slopes = np.ones(value.shape)",
    why="every entry is filled in the loop",
)
equivalent(
    "relative_differences",
    "gradients[name] - value",
    "value - gradients[name]",
    why="the norm is the same",
)
equivalent(
    "backward_propagation_n",
    "np.sum(dZ3, axis=1, keepdims=True)",
    "np.sum(dZ3, keepdims=True)",
    why="the last layer has one unit, so its dZ has one row",
)
equivalent(
    "backward_propagation_n",
    "W3.T @ dZ3",
    "W3.T * dZ3",
    why="a column times a row: the outer product and the broadcast one are the same",
)
equivalent(
    "backward_propagation_n",
    "Z2 > 0",
    "Z2 >= 0",
    why="at the kink itself ReLU has no slope, and no draw lands on it",
)
equivalent(
    "backward_propagation_n",
    "Z1 > 0",
    "Z1 >= 0",
    why="at the kink itself ReLU has no slope, and no draw lands on it",
)

equivalent(
    "gradient_check",
    ignores="print_msg",
    why="what is printed for a person is not graded, and the notebooks of 2017 print in any case",
)

equivalent(
    "gradient_check",
    "print_msg=False",
    "print_msg=True",
    why="what is printed for a person is not graded, and the notebooks of 2017 print in any case",
)

equivalent(
    "gradient_check",
    "if print_msg:\n    print_verdict(difference)",
    "if not print_msg:\n    print_verdict(difference)",
    why="what is printed for a person is not graded, and the notebooks of 2017 print in any case",
)

equivalent(
    "gradient_check",
    "if print_msg:\n    print_verdict(difference)",
    "pass",
    why="what is printed for a person is not graded, and the notebooks of 2017 print in any case",
)

equivalent(
    "gradient_check",
    "print_verdict(difference)",
    "pass",
    why="what is printed for a person is not graded, and the notebooks of 2017 print in any case",
)

equivalent(
    "gradient_check_n",
    ignores="print_msg",
    why="what is printed for a person is not graded, and the notebooks of 2017 print in any case",
)

equivalent(
    "gradient_check_n",
    "print_msg=False",
    "print_msg=True",
    why="what is printed for a person is not graded, and the notebooks of 2017 print in any case",
)

equivalent(
    "gradient_check_n",
    "if print_msg:\n    print_verdict(difference)",
    "if not print_msg:\n    print_verdict(difference)",
    why="what is printed for a person is not graded, and the notebooks of 2017 print in any case",
)

equivalent(
    "gradient_check_n",
    "if print_msg:\n    print_verdict(difference)",
    "pass",
    why="what is printed for a person is not graded, and the notebooks of 2017 print in any case",
)

equivalent(
    "gradient_check_n",
    "print_verdict(difference)",
    "pass",
    why="what is printed for a person is not graded, and the notebooks of 2017 print in any case",
)

equivalent("gradient_check", "grad - gradapprox", "gradapprox - grad", why="the norm is the same")

equivalent("gradient_check_n", "grad - gradapprox", "gradapprox - grad", why="the norm is the same")

equivalent(
    "gradient_check_n",
    "np.zeros(theta.shape)",
    "np.ones(theta.shape)",
    why="every entry is filled in the loop",
)
