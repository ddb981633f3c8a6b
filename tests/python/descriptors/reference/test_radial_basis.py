# SPDX-License-Identifier: MIT
"""Radial bases: sizes, overlaps, orthonormality, Gaussian parameters. Oracles: quadrature and plain linear algebra."""

import copy
import pickle

import numpy as np
import pytest
from anisoap_md.radial_basis import GTORadialBasis, MonomialBasis
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.spatial.transform import Rotation

BASES = {
    "gto": (
        GTORadialBasis(4, 5.0, radial_gaussian_width=1.3),
        np.inf,
        lambda r: np.exp(-(r**2) / (2 * 1.3**2)),
    ),
    "monomial": (MonomialBasis(4, 5.0), 5.0, lambda r: 1.0),
}
basis_cases = pytest.mark.parametrize("name", BASES)


@pytest.mark.parametrize(
    "max_angular, max_radial, expected",
    [
        (5, None, [3, 3, 2, 2, 1, 1]),
        (6, None, [4, 3, 3, 2, 2, 1, 1]),
        (0, None, [1]),
        (3, 5, [6, 6, 6, 6]),
        (3, [1, 0, 3, 2], [2, 1, 4, 3]),
        (1, [1, 2, 3], [2, 3]),
        (0, [2], [3]),
    ],
    ids=str,
)
def test_number_of_functions_of_each_l(max_angular, max_radial, expected):
    assert MonomialBasis(max_angular, 5.0, max_radial).get_num_radial_functions() == expected
    gto = GTORadialBasis(max_angular, 5.0, radial_gaussian_width=1.0, max_radial=max_radial)
    assert gto.get_num_radial_functions() == expected


@pytest.mark.parametrize(
    "max_radial, text",
    [
        (
            [1, 2, 3],
            "If you specify a list of number of radial components, this list must be of length 11. Received 3.",
        ),
        ("nonsense", "`max_radial` must be None, int, or list of int"),
        ([1, "nonsense", 2], "`max_radial` must be None, int, or list of int"),
        (1.5, "`max_radial` must be None, int, or list of int"),
    ],
    ids=str,
)
def test_wrong_max_radial_is_refused_with_the_reference_text(max_radial, text):
    with pytest.raises(ValueError) as error:
        GTORadialBasis(10, 1.0, radial_gaussian_width=5.0, max_radial=max_radial)
    assert str(error.value) == text


def test_integer_cutoff_is_refused():
    with pytest.raises(ValueError, match="r_cut is set as an integer, which could cause overflow errors"):
        MonomialBasis(3, 5)


@basis_cases
def test_overlap_matrix_equals_quadrature(name):
    basis, end, window = BASES[name]

    def integral(p, q):
        return quad(lambda r: r ** (p + q + 2) * window(r) ** 2, 0, end, epsabs=0, epsrel=1e-12)[0]

    size = max(l + 2 * n for l, n in enumerate(basis.get_num_radial_functions()))
    squares = np.array([integral(q, q) for q in range(size)])
    expected = np.array([[integral(p, q) for q in range(size)] for p in range(size)])
    expected /= np.sqrt(np.outer(squares, squares))
    assert basis.overlap_matrix.shape == (size, size)
    assert_allclose(basis.overlap_matrix, expected, rtol=1e-10)


@basis_cases
def test_get_basis_is_orthonormal_for_each_l(name):
    basis, end, _ = BASES[name]
    nodes, weights = np.polynomial.legendre.leggauss(200)
    length = min(end, 20.0)
    r, w = (nodes + 1) * length / 2, weights * length / 2
    values = basis.get_basis(r)
    counts = basis.get_num_radial_functions()[:-1]
    assert values.shape == (200, sum(counts))
    begin = 0
    for n in counts:
        functions = values[:, begin : begin + n]
        assert_allclose((functions * (w * r**2)[:, None]).T @ functions, np.eye(n), atol=1e-9)
        begin += n


@basis_cases
def test_get_basis_is_the_symmetric_orthonormalisation(name):
    """Loewdin's functions are the orthonormal ones nearest to the normalised: the cross overlap is symmetric."""
    basis, end, window = BASES[name]
    nodes, weights = np.polynomial.legendre.leggauss(200)
    length = min(end, 20.0)
    r, w = (nodes + 1) * length / 2, weights * length / 2 * ((nodes + 1) * length / 2) ** 2
    plain = np.stack([r ** (2 * n) * window(r) for n in range(basis.get_num_radial_functions()[0])], axis=1)
    plain /= np.sqrt((plain**2 * w[:, None]).sum(axis=0))
    cross = (plain * w[:, None]).T @ basis.get_basis(r)[:, : plain.shape[1]]
    assert_allclose(cross, cross.T, atol=1e-9)
    assert np.linalg.eigvalsh((cross + cross.T) / 2).min() > 0


def test_degenerate_overlap_is_an_error_at_use():
    """The smallest eigenvalue of 14 functions is 7e-12: an error of about 1e-4 in the overlap that comes back."""
    mesh = np.linspace(0, 5, 3)
    arguments = {"radial_gaussian_width": 1.5, "max_radial": 13}
    with pytest.raises(
        ValueError, match=r"Incurred Numerical Imprecision.*at l = 0 with 14 functions.*basis_rcond"
    ):
        GTORadialBasis(2, 5.0, rcond=0, tol=1e-8, **arguments).get_basis(mesh)
    with pytest.raises(ValueError, match="Incurred Numerical Imprecision"):
        GTORadialBasis(2, 5.0, rcond=1e-2, tol=1e-3, **arguments).get_basis(mesh)
    assert np.isfinite(GTORadialBasis(2, 5.0, rcond=0, tol=1e-2, **arguments).get_basis(mesh)).all()
    assert np.isfinite(GTORadialBasis(2, 5.0, rcond=1e-8, tol=1e-3, **arguments).get_basis(mesh)).all()


def _random_pairs():
    rng = np.random.default_rng(3)
    for rotation in Rotation.random(4, random_state=5).as_matrix():
        yield rng.normal(scale=5.0, size=3), rng.uniform(0.5, 5.0, 3), rotation


@pytest.mark.parametrize("sigma", [1e10, 1e15])
def test_wide_window_leaves_the_density(sigma):
    gto = GTORadialBasis(2, 5.0, radial_gaussian_width=sigma)
    for pair in _random_pairs():
        got = gto.compute_gaussian_parameters(*pair)
        for value, expected in zip(
            got, MonomialBasis(2, 5.0).compute_gaussian_parameters(*pair), strict=True
        ):
            assert_allclose(value, expected, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("sigma", [1e-10, 1e-15])
def test_narrow_window_is_what_is_left(sigma):
    gto = GTORadialBasis(2, 5.0, radial_gaussian_width=sigma)
    for pair in _random_pairs():
        precision, center, _ = gto.compute_gaussian_parameters(*pair)
        assert_allclose(precision * sigma**2, np.eye(3), atol=1e-15)
        assert_allclose(center, np.zeros(3), atol=1e-15)


def test_gaussian_parameters_multiply_density_and_window():
    gto = GTORadialBasis(2, 5.0, radial_gaussian_width=1.7)
    points = np.random.default_rng(8).normal(size=(20, 3))
    for r_ij, lengths, rotation in _random_pairs():
        precision, center, constant = gto.compute_gaussian_parameters(r_ij, lengths, rotation)
        got = constant + np.einsum("pi,ij,pj->p", points - center, precision, points - center)
        body = (points - r_ij) @ rotation / lengths
        expected = (body**2).sum(axis=1) + (points**2).sum(axis=1) / 1.7**2
        assert_allclose(got, expected, rtol=1e-10)


def _both():
    return GTORadialBasis(3, 5.0, radial_gaussian_width=1.3), MonomialBasis(3, 5.0, [2, 1, 0, 1])


def test_copies_and_pickles():
    mesh = np.linspace(0, 5, 11)
    for basis in _both():
        for again in (copy.deepcopy(basis), pickle.loads(pickle.dumps(basis, 0))):
            assert np.array_equal(again.get_basis(mesh), basis.get_basis(mesh))


def test_plot_shows_the_functions_up_to_the_cutoff():
    pyplot = pytest.importorskip("matplotlib.pyplot", reason="the extra anisoap-md[train] is not installed")
    pyplot.switch_backend("Agg")
    for basis in _both():
        pyplot.figure()
        basis.plot_basis(n_r=21)
        lines = pyplot.gca().get_lines()
        assert len(lines) == sum(basis.get_num_radial_functions()[:-1])
        got = np.column_stack([line.get_ydata() for line in lines])
        assert np.array_equal(got, basis.get_basis(lines[0].get_xdata()))
        assert lines[0].get_xdata()[[0, -1]].tolist() == [0, 5]
        pyplot.close()
    with pytest.raises(ValueError, match="anisoap: n_r, got 1"):
        MonomialBasis(2, 5.0).plot_basis(1)
