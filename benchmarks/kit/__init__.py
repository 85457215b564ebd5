"""Parts of the benchmarks, standard library only: scenario as data, processes that play it, facts, summary."""
