import numpy as np
import pytest
from skimage.graph import MCP_Geometric

from gecat.inference.geodesic import geodesic_distance, steps_over, steps_through


def seeds_at(shape, *places):
    seeds = np.zeros(shape, bool)
    for place in places:
        seeds[place] = True
    return seeds


@pytest.mark.parametrize("places", [[(0, 0)], [(20, 30)], [(39, 0), (5, 44)]])
def test_distances_are_those_of_an_exact_search(places):
    ground = np.random.default_rng(0).uniform(0.2, 3, (40, 45))
    exact, _ = MCP_Geometric(ground).find_costs(places)
    seeds, steps = seeds_at(ground.shape, *places), steps_through(ground)
    assert np.allclose(geodesic_distance(seeds, steps, rounds=12), exact, rtol=1e-4, atol=1e-4)
    # Even over noise two rounds find nearly the cheapest ways, and never cheaper ones.
    found = geodesic_distance(seeds, steps)
    assert (found > exact - 1e-3).all()
    assert found.mean() < 1.02 * exact.mean()


def test_two_rounds_go_round_a_wall():
    ground = np.ones((30, 30))
    ground[5:, 10] = ground[:25, 20] = 1000  # a way that goes up, and then down again
    exact, _ = MCP_Geometric(ground).find_costs([(29, 0)])
    found = geodesic_distance(seeds_at(ground.shape, (29, 0)), steps_through(ground))
    assert np.allclose(found, exact, rtol=1e-4)


def test_an_edge_costs_what_changes_across_it():
    fields = np.zeros((9, 9, 2), np.float32)
    fields[:, 5:] = (3, 4)
    found = geodesic_distance(seeds_at((9, 9), (4, 0)), steps_over(fields, 1.0))
    assert found[4, 4] == pytest.approx(4)
    assert found[4, 5] == pytest.approx(10)
    assert found[0, 4] == pytest.approx(4 * 2**0.5, rel=1e-5)


def test_without_a_seed_nothing_is_reached():
    distance = geodesic_distance(np.zeros((4, 5), bool), steps_through(np.ones((4, 5))))
    assert np.isinf(distance).all()


def test_one_pixel_is_a_photo_too():
    assert geodesic_distance(np.ones((1, 1), bool), steps_through(np.ones((1, 1)))) == 0
