package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * One specialist of a job. What is absent comes from the recipe's specialist of the same name.
 *
 * @param name the specialist's name, in the names of its stages and in results
 * @param objective the loss that it minimises
 * @param training how it is trained
 * @param lora its adapter
 * @param compute for its training; what it leaves unsaid comes from the job's
 */
@ValidationRule(
        value = "self.name != 'base' && self.name != 'merge'",
        fieldPath = ".name",
        message = "base and merge are names of systems that every job measures")
@ValidationRule(
        value = "!self.name.matches('-r[0-9]+$')",
        fieldPath = ".name",
        message = "a number such as -r2 at the end names a further round of training")
public record Specialist(
        @Pattern(Syntax.NAME) @Size(max = Syntax.SPECIALIST_LENGTH) String name,
        @Nullable ObjectiveSpec objective,
        @Nullable TrainingSettings training,
        @Nullable LoraSpec lora,
        @Nullable Compute compute) {}
