package dev.lethe.api.status;

import dev.lethe.api.resource.EvaluationSettings;
import dev.lethe.api.resource.MergeSettings;
import dev.lethe.api.resource.Specialist;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job's settings with every default of its recipe, as they were when the job began.
 *
 * @param recipe whose defaults they are
 * @param template whether prompts are put into the model's chat template; absent, which is {@code none}, in jobs of before there was one
 * @param specialists that are trained
 * @param merge of the specialists
 * @param evaluation of all systems, with the gates
 * @param rounds the most rounds of training; absent, which is 1, in jobs of before there were more
 */
public record ResolvedSettings(
        String recipe,
        @Nullable String template,
        List<Specialist> specialists,
        MergeSettings merge,
        EvaluationSettings evaluation,
        @Nullable Integer rounds) {}
