package dev.lethe.catalog;

import static dev.lethe.catalog.MethodDescriptor.Base.FIRST;
import static dev.lethe.catalog.MethodDescriptor.Base.NONE;
import static dev.lethe.catalog.MethodDescriptor.Base.OPTIONAL;
import static dev.lethe.catalog.MethodDescriptor.Base.REQUIRED;
import static dev.lethe.catalog.Semantics.LETHE;
import static dev.lethe.catalog.Semantics.MERGEKIT;
import static dev.lethe.catalog.Semantics.PAPER;
import static dev.lethe.catalog.Semantics.PEFT;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The merge methods. */
final class Methods {
    private static final double ANY = Double.MAX_VALUE;
    private static final Set<Semantics> MODELS = Set.of(LETHE, MERGEKIT);
    private static final Set<Semantics> ALL_MODELS = Set.of(LETHE, MERGEKIT, PAPER);
    private static final String ADD_WEIGHTED = "PEFT 0.21, add_weighted_adapter";

    private static final Option DENSITY = Option.number(
                    "density", 1.0, 0, 1, "The share of entries that trimming keeps.")
            .each();
    private static final Option LAMBDA = Option.number("lambda", 1.0, -ANY, ANY, "A factor on the merged difference.");
    private static final Option RANK =
            Option.whole("rank", null, 1, 4096, "The rank of the result; the largest rank of the inputs when absent.");
    private static final Option CLAMP = Option.above(
            "clamp",
            null,
            0,
            1,
            "The quantile at which a decomposition's factors are clamped; they are not when absent.");
    private static final Option MAJORITY = Option.choice(
            "majoritySign",
            "total",
            "How the sign is elected.",
            "total: by the sum of what is kept",
            "frequency: by the sum of its signs");

    private static final List<MethodDescriptor> PEFT_TENSORS = List.of(
            MethodDescriptor.of(
                    "linear",
                    Set.of(PEFT),
                    NONE,
                    "The weighted sum of the factors; its product has cross terms.",
                    "Σ sᵢ·Aᵢ and Σ sᵢ·Bᵢ, sᵢ = √|wᵢαᵢ/rᵢ| with its sign on A",
                    ADD_WEIGHTED,
                    weight(1.0)),
            MethodDescriptor.of(
                    "magnitude-prune",
                    Set.of(PEFT),
                    NONE,
                    "The weighted sum of what is largest in each factor.",
                    "keep the ⌊ρn⌋ largest; weighted sum",
                    ADD_WEIGHTED,
                    weight(1.0),
                    share()),
            MethodDescriptor.of(
                    "ties",
                    Set.of(PEFT),
                    NONE,
                    "Trim, elect a sign for each entry, average what agrees.",
                    "keep the ⌊ρn⌋ largest; elect a sign per entry; mean of what agrees, by its count",
                    "Yadav et al. 2023, arXiv 2306.01708, as " + ADD_WEIGHTED,
                    weight(1.0),
                    share(),
                    MAJORITY),
            MethodDescriptor.of(
                    "dare-linear",
                    Set.of(PEFT),
                    NONE,
                    "Drop entries at random, rescale the rest, weighted sum.",
                    "keep each entry with probability ρ, divide by ρ; weighted sum",
                    "Yu et al. 2024, arXiv 2311.03099, as " + ADD_WEIGHTED,
                    weight(1.0),
                    share()),
            MethodDescriptor.of(
                    "dare-ties",
                    Set.of(PEFT),
                    NONE,
                    "Drop entries at random, rescale the rest, elect signs.",
                    "keep each entry with probability ρ, divide by ρ; elect a sign; mean of what agrees",
                    "Yu et al. 2024, arXiv 2311.03099, as " + ADD_WEIGHTED,
                    weight(1.0),
                    share(),
                    MAJORITY));

    private static final List<MethodDescriptor> ADAPTERS = List.of(
            MethodDescriptor.of(
                    "cat",
                    Set.of(PEFT),
                    NONE,
                    "The factors stacked: the only exact weighted sum; its rank is the sum of the ranks.",
                    "[√s₁A₁; √s₂A₂; …] and [√s₁B₁, √s₂B₂, …]",
                    ADD_WEIGHTED,
                    weight(1.0)),
            MethodDescriptor.of(
                    "svd",
                    Set.of(PEFT),
                    NONE,
                    "The weighted sum of the products, decomposed and cut to a rank.",
                    "svd of Σ wᵢ·(αᵢ/rᵢ)·BᵢAᵢ",
                    ADD_WEIGHTED,
                    weight(1.0),
                    RANK,
                    CLAMP));

    private static final List<MethodDescriptor> OF_MODELS = List.of(
            MethodDescriptor.of(
                    "linear",
                    MODELS,
                    NONE,
                    "The weighted mean.",
                    "Σ wᵢθᵢ / Σ wᵢ",
                    "Wortsman et al. 2022, arXiv 2203.05482",
                    weight(null),
                    normalize(true)),
            differences(
                    "task-arithmetic",
                    ALL_MODELS,
                    false,
                    "The base and a weighted sum of what the inputs changed.",
                    "θ₀ + λ·Σ wᵢδᵢ",
                    "Ilharco et al. 2023, arXiv 2212.04089"),
            differences(
                    "ties",
                    MODELS,
                    true,
                    "Trim what the inputs changed, elect a sign for each entry, average what agrees.",
                    "keep the ⌊ρᵢn⌋ largest of δᵢ; γ = sgn Σ wᵢδᵢ, 0 is plus; θ₀ + λ·Σ wᵢδᵢ / Σ wᵢ over sgn(wᵢδᵢ) = γ",
                    "Yadav et al. 2023, arXiv 2306.01708, weighted as in mergekit",
                    DENSITY,
                    rescale(false)),
            MethodDescriptor.of(
                    "ties",
                    Set.of(PAPER),
                    REQUIRED,
                    "TIES as its authors published it.",
                    "trim over the whole model, everything at least as large as the (⌊ρn⌋+1)-th; unweighted vote, ties by the"
                            + " model's majority; mean, sum or max",
                    "prateeky2806/ties-merging",
                    Option.number("density", 0.2, 0, 1, "The share of entries that trimming keeps."),
                    LAMBDA,
                    Option.choice("aggregate", "mean", "What is made of the values that agree.", "mean", "sum", "max")),
            differences(
                    "dare-linear",
                    ALL_MODELS,
                    false,
                    "Drop what the inputs changed at random, rescale the rest; then as task-arithmetic.",
                    "keep each element with probability ρᵢ, divide by ρᵢ; θ₀ + λ·Σ wᵢδᵢ",
                    "Yu et al. 2024, arXiv 2311.03099",
                    DENSITY,
                    rescale(true)),
            differences(
                    "dare-ties",
                    ALL_MODELS,
                    false,
                    "Drop what the inputs changed at random, rescale the rest; then as ties.",
                    "keep each element with probability ρᵢ, divide by ρᵢ; then as ties",
                    "Yu et al. 2024, arXiv 2311.03099",
                    DENSITY,
                    rescale(true)),
            differences(
                    "della-linear",
                    MODELS,
                    false,
                    "Drop at random, what is small more often; then as task-arithmetic.",
                    "probability from ρᵢ − ε to ρᵢ + ε by the rank of the magnitude in its row, divide by it; then as"
                            + " task-arithmetic",
                    "Deep et al. 2024, arXiv 2406.11617",
                    DENSITY,
                    epsilon(),
                    rescale(true)),
            differences(
                    "della",
                    MODELS,
                    true,
                    "Drop at random, what is small more often; then as ties.",
                    "probability from ρᵢ − ε to ρᵢ + ε by the rank of the magnitude in its row, divide by it; then as ties",
                    "Deep et al. 2024, arXiv 2406.11617",
                    DENSITY,
                    epsilon(),
                    rescale(true)),
            differences(
                    "breadcrumbs",
                    MODELS,
                    false,
                    "Drop the largest and the smallest of what the inputs changed; then as task-arithmetic.",
                    "drop the ⌊γᵢn⌋ largest, keep the next ⌊ρᵢn⌋; then as task-arithmetic",
                    "Davari and Belilovsky 2024, arXiv 2312.06795",
                    DENSITY,
                    gamma(),
                    rescale(false)),
            differences(
                    "breadcrumbs-ties",
                    MODELS,
                    false,
                    "Drop the largest and the smallest of what the inputs changed; then as ties.",
                    "drop the ⌊γᵢn⌋ largest, keep the next ⌊ρᵢn⌋; then as ties",
                    "Davari and Belilovsky 2024, arXiv 2312.06795",
                    DENSITY,
                    gamma(),
                    rescale(false)),
            differences(
                    "magnitude-prune",
                    Set.of(LETHE),
                    false,
                    "The base and a weighted sum of what is largest of what the inputs changed.",
                    "keep the ⌊ρᵢn⌋ largest of δᵢ; θ₀ + λ·Σ wᵢδᵢ",
                    "PEFT",
                    DENSITY),
            MethodDescriptor.of(
                            "slerp",
                            MODELS,
                            FIRST,
                            "Along the arc between two models.",
                            "along the arc between base and input; linear where |cos| > 0.9995",
                            "Shoemake 1985",
                            position())
                    .inputs(2, 2),
            MethodDescriptor.of(
                            "nuslerp",
                            MODELS,
                            OPTIONAL,
                            "Along the arc between two models or between what they changed, by weights.",
                            "slerp with t = w₁/(w₀+w₁), of differences where there is a base; of the tensor, rows or columns",
                            "mergekit",
                            weight(null),
                            Option.flag(
                                    "nuslerp_row_wise",
                                    false,
                                    "Go by rows, else by columns, where nuslerp_flatten is off."),
                            Option.flag(
                                    "nuslerp_flatten",
                                    true,
                                    "Take a tensor as one direction, else its rows or columns."))
                    .inputs(2, 2),
            MethodDescriptor.of(
                    "multislerp",
                    MODELS,
                    OPTIONAL,
                    "A weighted mean of directions.",
                    "weighted mean on the sphere through one tangent space",
                    "Goddard",
                    weight(null),
                    Option.flag("normalize_weights", true, "Divide weights by their sum."),
                    Option.number("eps", 1e-8, 0, 1, "A length below it is zero.")),
            MethodDescriptor.of(
                    "karcher",
                    MODELS,
                    NONE,
                    "The mean of directions with the least distance to all.",
                    "Karcher mean on the sphere",
                    "arXiv 2603.04972",
                    Option.whole("max_iter", 10L, 1, 10_000, "Most iterations."),
                    Option.number("tol", 1e-5, 0, 1, "The change at which it stops.")),
            MethodDescriptor.of(
                    "sce",
                    MODELS,
                    REQUIRED,
                    "Keep where the inputs vary most, weigh by energy, elect signs.",
                    "keep where the inputs vary most, weigh by mean δᵢ², consensus",
                    "Wan et al. 2024, arXiv 2408.07990",
                    Option.number("select_topk", 1.0, 0, 1, "The share of entries that is kept.")),
            MethodDescriptor.of(
                            "model-stock",
                            ALL_MODELS,
                            REQUIRED,
                            "Towards the mean of fine-tuned models, as far as their angle says.",
                            "θ₀ + t·mean δᵢ, t = Nc/(1+(N−1)c), c the mean cosine",
                            "Jang et al. 2024, arXiv 2403.19522",
                            Option.flag("filter_wise", false, "Go row by row."))
                    .inputs(2, Integer.MAX_VALUE),
            MethodDescriptor.of(
                            "nearswap",
                            MODELS,
                            REQUIRED,
                            "Towards the input where it is near the base.",
                            "a + (b−a)·clip(t/max(|a−b|, 1e-6), 0, 1)",
                            "alchemonaut",
                            position())
                    .inputs(1, 1),
            MethodDescriptor.of(
                            "arcee-fusion",
                            MODELS,
                            REQUIRED,
                            "Take what the input changed most.",
                            "take elements whose |Δ|·KL is at least median + 1.5·IQR",
                            "Arcee AI; our quantiles are exact")
                    .inputs(1, 1),
            MethodDescriptor.of(
                    "ram",
                    MODELS,
                    REQUIRED,
                    "What one input alone changed, and the mean of what several did.",
                    "the only owner's difference, or the mean of the owners'",
                    "arXiv 2601.13572",
                    Option.number("epsilon", 1e-5, 0, ANY, "The least change that counts.")),
            MethodDescriptor.of(
                    "negmerge",
                    Set.of(LETHE, PAPER),
                    REQUIRED,
                    "Away from what all inputs changed in one direction.",
                    "θ₀ − λ·mean δᵢ where all signs agree",
                    "Kim et al. 2025, arXiv 2410.05583",
                    LAMBDA),
            MethodDescriptor.of(
                            "passthrough",
                            MODELS,
                            NONE,
                            "One input as it is.",
                            "one input, times a factor",
                            "mergekit",
                            Option.number("scale", 1.0, -ANY, ANY, "A factor on the input.")
                                    .each())
                    .inputs(1, 1));

    static final List<MethodDescriptor> ALL = Stream.of(
                    OF_MODELS.stream(),
                    PEFT_TENSORS.stream(),
                    ADAPTERS.stream(),
                    PEFT_TENSORS.stream()
                            .filter(it -> !it.name().equals("linear"))
                            .map(it -> it.decomposed(RANK, CLAMP)))
            .flatMap(it -> it)
            .toList();

    /** Options of a merge whatever its method. */
    static final List<Option> GENERAL = List.of(
            Option.whole("seed", 0L, 0, 4294967295L, "The origin of every draw, for methods that draw."),
            Option.choice(
                    "dtype",
                    null,
                    "The type that models are converted to before the merge.",
                    "float32",
                    "bfloat16",
                    "float16"),
            Option.choice("out_dtype", null, "The type of the result.", "float32", "bfloat16", "float16"),
            Option.choice(
                    "missing",
                    "error",
                    "What happens to tensors that not all models have.",
                    "error",
                    "keep-base: the base's stays",
                    "zero: the difference counts as zero"),
            new Option(
                    "tokenizer",
                    new Option.Text("base|union|model:[a-z0-9]([-a-z0-9]*[a-z0-9])?", 80),
                    null,
                    false,
                    "Whose vocabulary the result has where the models' differ."));

    private Methods() {}

    private static MethodDescriptor differences(
            String name,
            Set<Semantics> semantics,
            boolean normalize,
            String summary,
            String formula,
            String source,
            Option... more) {
        Option[] options = Stream.concat(Stream.of(weight(1.0), normalize(normalize), LAMBDA), Stream.of(more))
                .toArray(Option[]::new);
        return MethodDescriptor.of(name, semantics, REQUIRED, summary, formula, source, options);
    }

    private static Option weight(@Nullable Double standard) {
        return Option.number("weight", standard, -ANY, ANY, "An input's factor.")
                .each();
    }

    private static Option normalize(boolean standard) {
        return Option.flag("normalize", standard, "Divide weights by their sum.");
    }

    private static Option rescale(boolean standard) {
        return Option.flag("rescale", standard, "Scale what a trim keeps, to make up for the rest.");
    }

    /** A density that must be said. */
    private static Option share() {
        return Option.number("density", null, 0, 1, "The share of entries that trimming keeps.")
                .each();
    }

    private static Option epsilon() {
        return Option.number("epsilon", 0.15, 0, 1, "Half the width of the probabilities.")
                .each();
    }

    private static Option gamma() {
        return Option.number("gamma", 0.01, 0, 1, "The share of the largest entries that is dropped.")
                .each();
    }

    private static Option position() {
        return Option.number("t", null, -ANY, ANY, "The position between two models.");
    }
}
