package dev.lethe.weights.recipe;

import dev.lethe.weights.InvalidInput;
import dev.lethe.weights.engine.Rounded;
import dev.lethe.weights.engine.Work;
import dev.lethe.weights.method.Group;
import dev.lethe.weights.method.Method;
import dev.lethe.weights.method.Options;
import dev.lethe.weights.method.Pieces;
import dev.lethe.weights.method.Semantics;
import dev.lethe.weights.method.Signature;
import dev.lethe.weights.method.Signature.Base;
import dev.lethe.weights.method.Source;
import dev.lethe.weights.recipe.Layout.Target;
import dev.lethe.weights.recipe.Recipe.Missing;
import dev.lethe.weights.recipe.Recipe.Model;
import dev.lethe.weights.recipe.Recipe.Part;
import dev.lethe.weights.safetensors.Dtype;
import dev.lethe.weights.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** How each tensor of the result comes about. */
final class TensorPlan {
    private final Recipe recipe;
    private final Models models;
    private final Method method;
    private final Resolution resolution;
    private final Alignment alignment;
    private final List<String> problems;
    private final Advice advice;

    TensorPlan(
            Recipe recipe,
            Models models,
            Method method,
            Resolution resolution,
            Alignment alignment,
            List<String> problems,
            List<String> notes) {
        this.recipe = recipe;
        this.models = models;
        this.method = method;
        this.resolution = resolution;
        this.alignment = alignment;
        this.problems = problems;
        this.advice = new Advice(method.signature().name(), notes);
    }

    /** A model's tensor, or the lack of it. */
    private record Found(OpenModel model, @Nullable String own) {
        TensorInfo info() {
            return model.info(Objects.requireNonNull(own));
        }
    }

    /** Empty where the tensor is left out or a problem was added. */
    Optional<Work> work(String name, Target target) {
        List<Found> found = new ArrayList<>();
        List<Part> parts = target.slice().sources();
        for (int i = 0; i < parts.size(); i++) {
            OpenModel model = models.of(parts.get(i).model());
            found.add(new Found(model, model.own(target.names().get(i)).orElse(null)));
        }
        int base = baseOf(target);
        List<Integer> inputs = inputs(target, base);
        if (!checkInputs(target, base, inputs)) {
            return Optional.empty();
        }
        List<Integer> taking = new ArrayList<>(inputs);
        if (base >= 0 && !inputs.contains(base)) {
            taking.add(base);
        }
        List<Found> present =
                taking.stream().map(found::get).filter(one -> one.own() != null).toList();
        if (present.isEmpty()) {
            return Optional.empty(); // only a model that takes no part has it
        }
        if (present.size() < taking.size() && recipe.missing() != Missing.ZERO) {
            return lacking(name, taking.stream().map(found::get).toList(), base < 0 ? null : found.get(base));
        }
        if (present.stream().noneMatch(one -> one.info().dtype().isMergeable())) {
            return same(name, present);
        }
        return shapeOf(name, present).flatMap(shape -> merged(name, target, found, base, inputs, shape));
    }

    /** Index of the base among the parts; −1 where the method has none. */
    private int baseOf(Target target) {
        Model base =
                target.slice().base() == null ? recipe.base() : target.slice().base();
        if (method.signature().base() == Base.NONE) {
            return -1;
        }
        List<Part> parts = target.slice().sources();
        return IntStream.range(0, parts.size())
                .filter(i -> parts.get(i).model().sameAs(base))
                .findFirst()
                .orElse(-1);
    }

    /** Indices of the method's inputs, in its order. */
    private List<Integer> inputs(Target target, int base) {
        List<Part> parts = target.slice().sources();
        List<Integer> inputs = new ArrayList<>();
        if (method.signature().base() == Base.FIRST && base >= 0) {
            inputs.add(base);
        }
        for (int i = 0; i < parts.size(); i++) {
            boolean onlySettings =
                    base < 0 && i >= given(target) && parts.get(i).model().sameAs(recipe.base());
            if (i != base && !onlySettings) {
                inputs.add(i);
            }
        }
        return inputs;
    }

    /** Parts that the user named; a base beyond them was added for its settings and its differences. */
    private int given(Target target) {
        return recipe.slices().size() == 1
                ? recipe.slices().getFirst().sources().size()
                : target.slice().sources().size();
    }

    private boolean checkInputs(Target target, int base, List<Integer> inputs) {
        Signature signature = method.signature();
        if (base < 0 && (signature.base() == Base.REQUIRED || signature.base() == Base.FIRST)) {
            String found = recipe.base() == null ? "none" : "a model that is not among the slice's sources";
            return problem("merge", "base", found, "the model that %s starts from".formatted(signature.name()));
        }
        if (inputs.size() < signature.least() || inputs.size() > signature.most()) {
            String expected = signature.least() == signature.most()
                    ? "exactly " + signature.least()
                    : signature.most() == Integer.MAX_VALUE
                            ? "at least " + signature.least()
                            : "from %d to %d".formatted(signature.least(), signature.most());
            return problem("merge", "models", Integer.toString(inputs.size()), expected + " for " + signature.name());
        }
        long distinct = inputs.stream()
                .map(i -> target.slice().sources().get(i).model())
                .distinct()
                .count();
        return distinct == inputs.size() || problem("merge", "models", "one model twice", "each model once");
    }

    private boolean problem(String where, String field, String found, String expected) {
        String line = Objects.requireNonNull(
                InvalidInput.at(where, field, found, expected).getMessage());
        if (!problems.contains(line)) {
            problems.add(line);
        }
        return false;
    }

    private Optional<Work> lacking(String name, List<Found> found, @Nullable Found base) {
        List<String> without = found.stream()
                .filter(one -> one.own() == null)
                .map(one -> one.model().model().name())
                .toList();
        if (recipe.missing() == Missing.ERROR) {
            problem(
                    name,
                    "models",
                    "none in " + String.join(", ", without),
                    "the tensor in every model, or missing: keep-base or zero");
            return Optional.empty();
        }
        if (base == null || base.own() == null) {
            advice.leftOut(name);
            return Optional.empty();
        }
        advice.keptBase(name);
        return Optional.of(new Work.Copied(base.model().file(base.own()), base.info()));
    }

    /** Tensors that are no numbers to merge, such as masks and counters: copied where all models agree. */
    private Optional<Work> same(String name, List<Found> present) {
        Found first = present.getFirst();
        for (Found other : present) {
            boolean equal = other.info().sameKind(first.info())
                    && first.model()
                                    .folder()
                                    .data(Objects.requireNonNull(first.own()))
                                    .mismatch(other.model().folder().data(Objects.requireNonNull(other.own())))
                            < 0;
            if (!equal) {
                String found = "%s that differs between %s and %s"
                        .formatted(
                                first.info().dtype(),
                                first.model().model().name(),
                                other.model().model().name());
                problem(name, "data", found, "F32, F16, BF16 or F64, or the same in every model");
                return Optional.empty();
            }
        }
        return Optional.of(new Work.Copied(first.model().file(Objects.requireNonNull(first.own())), first.info()));
    }

    private Optional<List<Long>> shapeOf(String name, List<Found> present) {
        if (alignment.aligns(present.getFirst().model(), present.getFirst().info())) {
            List<Long> shape = new ArrayList<>(present.getFirst().info().dimensions());
            shape.set(0, alignment.rows());
            return Optional.of(shape);
        }
        TreeSet<String> kinds = new TreeSet<>();
        present.forEach(one -> kinds.add("%s %s in %s"
                .formatted(
                        one.info().dtype(),
                        one.info().dimensions(),
                        one.model().model().name())));
        boolean numbers = present.stream().allMatch(one -> one.info().dtype().isMergeable());
        boolean shapes =
                present.stream().map(one -> one.info().dimensions()).distinct().count() == 1;
        if (!numbers || !shapes) {
            String hint =
                    alignment.mayBeVocabulary(present.stream().map(Found::info).toList())
                            ? "; vocabularies that differ need tokenizer: base, union or model:NAME"
                            : "";
            problem(name, "shape", String.join(", ", kinds), "one shape of F32, F16, BF16 or F64" + hint);
            return Optional.empty();
        }
        List<Long> shape = present.getFirst().info().dimensions();
        if (method.signature().wholeRows() && !Pieces.of(shape).hasWholeRows()) {
            problem(
                    name,
                    "shape",
                    shape.toString(),
                    "rows that %s can hold".formatted(method.signature().name()));
        }
        return Optional.of(shape);
    }

    private Optional<Work> merged(
            String name, Target target, List<Found> found, int base, List<Integer> inputs, List<Long> shape) {
        Options options = resolution.options(name, target, inputs);
        Dtype common = common(found.stream().filter(one -> one.own() != null).toList());
        Dtype work = recipe.semantics() == Semantics.MERGEKIT
                ? Objects.requireNonNullElse(recipe.dtype(), common)
                : Dtype.F32;
        if (work == Dtype.F64) {
            problem(name, "dtype", "F64", "semantics lethe, which merges it as float32");
        }
        Dtype out = Objects.requireNonNullElse(recipe.outDtype() == null ? recipe.dtype() : recipe.outDtype(), common);
        TensorInfo kind = TensorInfo.of(out, shape);
        Found only = found.get(inputs.getFirst());
        if (isCopy(options, only, out, shape)) {
            return Optional.of(new Work.Copied(only.model().file(Objects.requireNonNull(only.own())), only.info()));
        }
        Source from = base < 0 || method.signature().base() == Base.FIRST
                ? null
                : source(found.get(base), null, shape, found);
        List<Source> sources = inputs.stream()
                .map(i -> source(found.get(i), from, shape, found))
                .toList();
        List<String> names =
                inputs.stream().map(i -> found.get(i).model().model().name()).toList();
        Group group = new Group(name, shape, from, sources, options, work, recipe.seed());
        advice.consider(name, group.pieces().size(), options);
        return Optional.of(new Work.Merged(kind, method, group, names));
    }

    /** Whether one input goes through without a change of a bit. */
    private boolean isCopy(Options options, Found only, Dtype out, List<Long> shape) {
        return method.signature().name().equals("passthrough")
                && only.own() != null
                && !only.model().adapts(only.own())
                && only.info().dtype() == out
                && (recipe.dtype() == null || recipe.dtype() == out)
                && only.info().dimensions().equals(shape)
                && options.inputs().getFirst().get("scale") instanceof Number scale
                && scale.doubleValue() == 1;
    }

    /** A tensor that a model lacks is the base's, so that its difference is zero, and zeros where there is no base. */
    private Source source(Found one, @Nullable Source base, List<Long> shape, List<Found> all) {
        if (one.own() == null) {
            return base == null ? new Zeros(TensorInfo.of(Dtype.F32, shape)) : base;
        }
        Source plain = one.model().source(one.own());
        Dtype type = recipe.dtype() == null ? one.info().dtype() : recipe.dtype();
        boolean asMergekit = recipe.semantics() == Semantics.MERGEKIT;
        Source typed = recipe.dtype() != null || (asMergekit && one.model().adapts(one.own()))
                ? Rounded.of(plain, type)
                : plain;
        if (!alignment.aligns(one.model(), one.info())) {
            return typed;
        }
        List<OpenModel> owners = new ArrayList<>();
        List<Source> sources = new ArrayList<>();
        for (Found other : all) {
            if (other.own() != null) {
                owners.add(other.model());
                sources.add(other.model().source(other.own()));
            }
        }
        return alignment.aligned(one.model(), typed, shape, owners, sources);
    }

    /** As PyTorch promotes: two different 16-bit types become F32. */
    private static Dtype common(List<Found> present) {
        Dtype common = null;
        for (Found one : present) {
            Dtype type = one.info().dtype();
            if (common == null || common == type) {
                common = type;
            } else if (common == Dtype.F64 || type == Dtype.F64) {
                common = Dtype.F64;
            } else {
                common = Dtype.F32;
            }
        }
        return Objects.requireNonNull(common);
    }
}
