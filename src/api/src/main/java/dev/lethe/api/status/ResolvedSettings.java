package dev.lethe.api.status;

import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.Specialist;
import java.util.List;

/**
 * A job's settings with every default of its recipe, as they were when the job began.
 *
 * @param recipe whose defaults they are
 * @param specialists that are trained
 * @param merge of the specialists
 * @param evaluation of all systems, with the gates
 */
public record ResolvedSettings(
        String recipe, List<Specialist> specialists, MergeSettings merge, EvaluationSettings evaluation) {}
