package dev.lethe.api.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a job's systems are measured, and what the merge must reach. */
public record EvaluationSettings(
        @Nullable List<SuiteSpec> suites, @Nullable List<Gate> gates, @Nullable Compute compute) {}
