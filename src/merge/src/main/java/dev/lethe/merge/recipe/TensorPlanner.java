package dev.lethe.merge.recipe;

import dev.lethe.catalog.MethodDescriptor.Base;
import dev.lethe.catalog.Semantics;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.engine.CastTensor;
import dev.lethe.merge.engine.TensorTask;
import dev.lethe.merge.method.Chunking;
import dev.lethe.merge.method.MergeMethod;
import dev.lethe.merge.method.Options;
import dev.lethe.merge.method.TensorGroup;
import dev.lethe.merge.method.TensorSource;
import dev.lethe.merge.recipe.Recipe.Missing;
import dev.lethe.merge.recipe.Recipe.SliceSource;
import dev.lethe.merge.recipe.TensorMapping.Target;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Plans each tensor of the result. */
final class TensorPlanner {
    /** Tensors that an error names. */
    private static final int MOST_NAMED = 3;

    private final Recipe recipe;
    private final OpenModels models;
    private final MergeMethod method;
    private final OptionResolver resolver;
    private final VocabularyAlignment alignment;
    private final List<String> problems;
    private final MergeNotes mergeNotes;
    private final SequencedMap<Fault, List<String>> faults = new LinkedHashMap<>();

    TensorPlanner(
            Recipe recipe,
            OpenModels models,
            MergeMethod method,
            OptionResolver resolver,
            VocabularyAlignment alignment,
            List<String> problems,
            List<String> notes) {
        this.recipe = recipe;
        this.models = models;
        this.method = method;
        this.resolver = resolver;
        this.alignment = alignment;
        this.problems = problems;
        this.mergeNotes = new MergeNotes(method.signature().name(), notes);
    }

    /** What is wrong with a tensor; many tensors may have the same fault, which is said once. */
    private record Fault(String field, String found, String expected) {}

    /** A model's tensor; its name is null where the model lacks it. */
    private record Found(OpenModel model, @Nullable String own) {
        TensorInfo info() {
            return model.info(Objects.requireNonNull(own));
        }
    }

    /** Empty where the tensor is left out or a problem was added. */
    Optional<TensorTask> task(String name, Target target) {
        List<Found> found = new ArrayList<>();
        List<SliceSource> sources = target.slice().sources();
        for (int i = 0; i < sources.size(); i++) {
            OpenModel model = models.of(sources.get(i).model());
            found.add(new Found(model, model.own(target.names().get(i)).orElse(null)));
        }
        InputRoles roles = InputRoles.of(recipe, method.signature(), target);
        Optional<String> wrong = roles.problem(recipe, method.signature(), target);
        if (wrong.isPresent()) {
            add(wrong.get());
            return Optional.empty();
        }
        int base = roles.base();
        List<Found> participants = roles.all().stream().map(found::get).toList();
        List<Found> present =
                participants.stream().filter(one -> one.own() != null).toList();
        if (present.isEmpty()) {
            return Optional.empty(); // only a model that takes no part has it
        }
        Rows rows = present.stream().allMatch(one -> alignment.aligns(name, one.model(), one.info()))
                ? Rows.ALIGNED
                : Rows.AS_STORED;
        if (present.size() < participants.size() && recipe.missing() != Missing.ZERO) {
            return lacking(name, participants, base < 0 ? null : found.get(base), rows);
        }
        if (present.stream().noneMatch(one -> one.info().dtype().isMergeable())) {
            return same(name, present);
        }
        return shapeOf(name, present, rows)
                .flatMap(shape -> merged(name, target, found, base, roles.inputs(), rows, shape));
    }

    /** Whether a tensor's rows are put into the order of the result's vocabulary. */
    private enum Rows {
        AS_STORED,
        ALIGNED
    }

    private void problem(String tensor, String field, String found, String expected) {
        faults.computeIfAbsent(new Fault(field, found, expected), fault -> new ArrayList<>())
                .add(tensor);
    }

    /** Adds what was wrong with the tensors, a line for each fault; to be called after the last of them. */
    void report() {
        faults.forEach((fault, tensors) -> {
            int more = tensors.size() - MOST_NAMED;
            String named = String.join(", ", tensors.subList(0, Math.min(MOST_NAMED, tensors.size())));
            add(String.valueOf(InvalidInput.at(
                            more > 0 ? "%s and %d more".formatted(named, more) : named,
                            fault.field(),
                            fault.found(),
                            fault.expected())
                    .getMessage()));
        });
    }

    private void add(String line) {
        if (!problems.contains(line)) {
            problems.add(line);
        }
    }

    private Optional<TensorTask> lacking(String name, List<Found> found, @Nullable Found base, Rows rows) {
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
            mergeNotes.leftOut(name);
            return Optional.empty();
        }
        mergeNotes.keptBase(name);
        if (rows == Rows.AS_STORED && !base.model().adapts(base.own())) {
            return Optional.of(new TensorTask.Copy(base.model().file(base.own()), base.info()));
        }
        List<Found> present = found.stream().filter(one -> one.own() != null).toList();
        return shapeOf(name, present, rows).map(shape -> kept(name, base, found, shape, rows));
    }

    private TensorTask kept(String name, Found base, List<Found> found, List<Long> shape, Rows rows) {
        TensorSource source = source(base, null, shape, found, rows);
        List<String> inputs = List.of(base.model().model().name());
        return TensorTask.Merge.passthrough(name, base.info().dtype(), source, inputs);
    }

    /** Tensors that are no numbers to merge, such as masks and counters: copied where all models agree. */
    private Optional<TensorTask> same(String name, List<Found> present) {
        Found first = present.getFirst();
        for (Found other : present) {
            boolean equal = other.info().sameDtypeAndShape(first.info())
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
        return Optional.of(new TensorTask.Copy(first.model().file(Objects.requireNonNull(first.own())), first.info()));
    }

    /** The shape of the result; where rows are aligned the models' tensors may have any number of them. */
    private Optional<List<Long>> shapeOf(String name, List<Found> present, Rows rows) {
        TreeSet<String> described = new TreeSet<>();
        present.forEach(one -> described.add("%s %s in %s"
                .formatted(
                        one.info().dtype(),
                        one.info().dimensions(),
                        one.model().model().name())));
        boolean numbers = present.stream().allMatch(one -> one.info().dtype().isMergeable());
        List<TensorInfo> infos = present.stream().map(Found::info).toList();
        List<List<Long>> shapes = infos.stream()
                .map(info -> rows == Rows.ALIGNED ? alignment.shape(info) : info.dimensions())
                .distinct()
                .toList();
        if (!numbers || shapes.size() != 1) {
            boolean vocabulary = recipe.tokenizer() == null
                    && VocabularyAlignment.wouldHelp(
                            name, present.stream().map(Found::model).toList(), infos);
            String hint = vocabulary ? "; vocabularies that differ need tokenizer: base, union or model:NAME" : "";
            problem(name, "shape", String.join(", ", described), "one shape of F32, F16, BF16 or F64" + hint);
            return Optional.empty();
        }
        List<Long> shape = shapes.getFirst();
        if (method.signature().wholeRows() && !Chunking.of(shape).hasWholeRows()) {
            problem(
                    name,
                    "shape",
                    shape.toString(),
                    "rows that %s can hold".formatted(method.signature().name()));
        }
        if (rows == Rows.ALIGNED) {
            alignment
                    .notes(name, present.stream().map(Found::model).toList(), infos)
                    .forEach(mergeNotes::note);
        }
        return Optional.of(shape);
    }

    private Optional<TensorTask> merged(
            String name,
            Target target,
            List<Found> found,
            int base,
            List<Integer> inputs,
            Rows rows,
            List<Long> shape) {
        Options options = resolver.options(name, target, inputs);
        Dtype common = common(found.stream().filter(one -> one.own() != null).toList());
        Dtype computeDtype = recipe.semantics() == Semantics.MERGEKIT
                ? Objects.requireNonNullElse(recipe.dtype(), common)
                : Dtype.F32;
        if (computeDtype == Dtype.F64) {
            problem(name, "dtype", "F64", "semantics lethe, which merges it as float32");
        }
        Dtype out = Objects.requireNonNullElse(recipe.outDtype() == null ? recipe.dtype() : recipe.outDtype(), common);
        TensorInfo info = TensorInfo.of(out, shape);
        Found only = found.get(inputs.getFirst());
        if (rows == Rows.AS_STORED && isCopy(options, only, out, shape)) {
            return Optional.of(new TensorTask.Copy(only.model().file(Objects.requireNonNull(only.own())), only.info()));
        }
        TensorSource from = base < 0 || method.signature().base() == Base.FIRST
                ? null
                : source(found.get(base), null, shape, found, rows);
        List<TensorSource> sources = inputs.stream()
                .map(i -> source(found.get(i), from, shape, found, rows))
                .toList();
        List<String> names =
                inputs.stream().map(i -> found.get(i).model().model().name()).toList();
        TensorGroup group = new TensorGroup(name, shape, from, sources, options, computeDtype, recipe.seed());
        mergeNotes.consider(name, group.chunking().size(), options);
        return Optional.of(new TensorTask.Merge(info, method, group, names));
    }

    /** Whether the result is one input, bit for bit. */
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
    private TensorSource source(Found one, @Nullable TensorSource base, List<Long> shape, List<Found> all, Rows rows) {
        if (one.own() == null) {
            return base == null ? new ZeroTensor(TensorInfo.of(Dtype.F32, shape)) : base;
        }
        TensorSource plain = one.model().source(one.own());
        Dtype type = recipe.dtype() == null ? one.info().dtype() : recipe.dtype();
        boolean asMergekit = recipe.semantics() == Semantics.MERGEKIT;
        TensorSource typed =
                recipe.dtype() != null || (asMergekit && one.model().adapts(one.own()))
                        ? CastTensor.of(plain, type)
                        : plain;
        if (rows == Rows.AS_STORED) {
            return typed;
        }
        List<OpenModel> owners = new ArrayList<>();
        List<TensorSource> sources = new ArrayList<>();
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

    /** Nothing but zeros, for a tensor that a model lacks. */
    private record ZeroTensor(TensorInfo info) implements TensorSource {
        @Override
        public void read(long first, float[] target, int count) {
            Arrays.fill(target, 0, count, 0);
        }

        @Override
        public long bytes() {
            return 0;
        }
    }
}
