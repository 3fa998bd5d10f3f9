package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Merge adapters or models by a named method, or search for the best merge of adapters.
 *
 * @param base the model that the adapters belong to, or that differences are taken from; needed when the output's form is
 *     {@code model}
 * @param inputs what is merged
 * @param method {@code ties} (trim, elect sign, merge), {@code linear} (weighted sum), {@code cat} (concatenation) and
 *     others; docs/methods.md has their formulas
 * @param semantics whose rounding and election rules: {@code peft} merges adapters as PEFT does; {@code lethe}, {@code
 *     mergekit} and {@code paper} merge models, and adapters as differences from their base
 * @param density share of entries that trimming keeps, in (0, 1]; only for methods that trim
 * @param majoritySign how the sign is elected, by {@code total} (the default) or by {@code frequency}; only for PEFT's
 *     methods that elect
 * @param parameters further options of the method
 * @param search find method, density and weights by measurement, in place of naming them
 * @param forget rows that the merge should have forgotten; a search measures candidates on a part of them
 * @param retain rows that the merge should still know; a search measures candidates on a part of them
 * @param template whether a search puts the prompts of these rows into the base's chat template: {@code auto} (those of chats and
 *     questions, where the base has a template), {@code none}, or {@code chat} (all), when absent {@code none}
 * @param nonMembers documents that the base never saw, where there are any: a search then looks for the merge that finds the
 *     forget rows no likelier than these
 * @param output where the merge writes, and what
 * @param execution how its pods run
 */
@ValidationRule(
        value = "!has(self.output.form) || self.output.form != 'model' || has(self.base)",
        fieldPath = ".base",
        message = "output.form model needs base")
@ValidationRule(
        value =
                "(has(self.semantics) && self.semantics != 'peft') || self.inputs.all(it, !has(it.density) && !has(it.tensors))",
        fieldPath = ".inputs",
        message = "an input's density and tensors need semantics other than peft")
@ValidationRule(
        value =
                "!has(self.semantics) || self.semantics == 'peft' || (has(self.output.form) && self.output.form == 'model')",
        fieldPath = ".output.form",
        message = "semantics other than peft give a model")
@ValidationRule(
        value = "!has(self.search) || (has(self.base) && has(self.forget) && has(self.retain))",
        fieldPath = ".search",
        message = "a search needs base, forget and retain")
@ValidationRule(
        value =
                "has(self.search) || (!has(self.forget) && !has(self.retain) && !has(self.template) && !has(self.nonMembers))",
        message = "forget, retain, template and nonMembers belong to a search")
@ValidationRule(
        value = "!has(self.search) || ((!has(self.method) || self.method == 'ties') && !has(self.density)"
                + " && !has(self.majoritySign) && !has(self.parameters)"
                + " && (!has(self.semantics) || self.semantics == 'peft')"
                + " && self.inputs.all(it, !has(it.weight) || it.weight == 1.0))",
        fieldPath = ".search",
        message = "a search chooses method, density and weights itself, with semantics peft: name none of them,"
                + " nor majoritySign or parameters")
public record ModelMergeSpec(
        @Nullable Source base,
        @KeyedBy("name") @Size(min = 1, max = 8) List<MergeInput> inputs,
        @Catalogued(Catalogued.Sort.METHOD) @Default("ties") @Nullable String method,
        @Catalogued(Catalogued.Sort.SEMANTICS) @Default("peft") @Nullable String semantics,
        @Min(value = 0, inclusive = false) @Max(1) @Nullable Double density,
        @OneOf({"total", "frequency"}) @Nullable String majoritySign,
        @Nullable MergeParameters parameters,
        @Nullable MergeSearch search,
        @Nullable RowsSource forget,
        @Nullable RowsSource retain,
        @OneOf({"auto", "none", "chat"}) @Nullable String template,
        @Nullable Source nonMembers,
        MergeOutput output,
        Execution execution)
        implements StageSpec {
    /** One that is named and not searched for. */
    public ModelMergeSpec(
            @Nullable Source base,
            List<MergeInput> inputs,
            @Nullable String method,
            @Nullable String semantics,
            @Nullable Double density,
            @Nullable String majoritySign,
            @Nullable MergeParameters parameters,
            MergeOutput output,
            Execution execution) {
        this(
                base,
                inputs,
                method,
                semantics,
                density,
                majoritySign,
                parameters,
                null,
                null,
                null,
                null,
                null,
                output,
                execution);
    }

    @Override
    public String outputUri() {
        return output.uri();
    }

    @Override
    public ModelMergeSpec withExecution(Execution other) {
        return new ModelMergeSpec(
                base,
                inputs,
                method,
                semantics,
                density,
                majoritySign,
                parameters,
                search,
                forget,
                retain,
                template,
                nonMembers,
                output,
                other);
    }

    @Override
    public ModelMergeSpec withUris(UnaryOperator<String> change) {
        return new ModelMergeSpec(
                Source.changed(base, change),
                inputs.stream().map(it -> it.withUri(change)).toList(),
                method,
                semantics,
                density,
                majoritySign,
                parameters,
                search,
                RowsSource.changed(forget, change),
                RowsSource.changed(retain, change),
                template,
                Source.changed(nonMembers, change),
                output.withUri(change),
                execution);
    }
}
