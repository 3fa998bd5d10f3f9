package dev.lethe.catalog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything that this version of Lethe knows by name. */
public final class Catalog {
    public static final Named<ObjectiveDescriptor> OBJECTIVES = new Named<>(
            "objective",
            List.of(
                    Objectives.NPO,
                    Objectives.SIMNPO,
                    Objectives.GRADDIFF,
                    Objectives.PO,
                    Objectives.FT,
                    Objectives.CUSTOM));

    public static final Named<SuiteDescriptor> SUITES = new Named<>(
            "suite",
            List.of(
                    Suites.SEMEVAL2025,
                    Suites.MEMORIZATION,
                    Suites.MIA,
                    Suites.UTILITY,
                    Suites.FLUENCY,
                    Suites.RELEARN,
                    Suites.QUANTIZE,
                    Suites.REFUSAL,
                    Suites.LEAKAGE,
                    Suites.MMLU,
                    Suites.CUSTOM));

    /** What suites read beside forget and retain, each name once. */
    public static final List<SuiteDescriptor.Input> SUITE_INPUTS = List.copyOf(SUITES.all().stream()
            .flatMap(it -> it.inputs().stream())
            .collect(Collectors.toMap(
                    SuiteDescriptor.Input::name, Function.identity(), (first, second) -> first, LinkedHashMap::new))
            .values());

    public static final Named<MethodDescriptor> METHODS = new Named<>("method", Methods.ALL);

    /** Options of a merge whatever its method. */
    public static final List<Option> MERGE_OPTIONS = Methods.GENERAL;

    /** What stands under a merge's {@code parameters}, by field; options of one name are one. */
    public static final List<Option> MERGE_PARAMETERS = Stream.concat(
                    METHODS.options().stream().filter(it -> !Set.of("weight", "density", "majoritySign")
                            .contains(it.name())),
                    MERGE_OPTIONS.stream())
            .map(Option::asField)
            .toList();

    public static final Named<RecipeDescriptor> RECIPES = new Named<>(
            "recipe",
            List.of(
                    new RecipeDescriptor(
                            "calibrated-merge",
                            "Two specialists that train until the rows are forgotten, one whole rows and one their answers, and of their"
                                    + " merges the one that measures best; where the gates refuse it, one more round. Nothing needs tuning.",
                            List.of("over", "under"),
                            List.of("semeval2025", "memorization", "mia", "fluency", "relearn", "quantize"),
                            "this project, on what the published one showed",
                            "0.1"),
                    new RecipeDescriptor(
                            "semeval2025-merge",
                            "Two specialists, one that forgets too much and one that forgets too little, merged with TIES.",
                            List.of("over", "under"),
                            List.of("semeval2025"),
                            "ZJUKLAB at SemEval-2025 Task 4, as its code has it (zjunlp/unlearn)",
                            "0.1")));

    public static final Named<FamilyDescriptor> FAMILIES = new Named<>(
            "family",
            List.of(
                    new FamilyDescriptor(
                            "llama",
                            "LlamaForCausalLM",
                            "Llama, and what says it is one: SmolLM, TinyLlama and others.",
                            "Touvron et al. 2023, arXiv 2302.13971, as transformers computes it",
                            "0.1"),
                    new FamilyDescriptor(
                            "olmo",
                            "OlmoForCausalLM",
                            "OLMo: normalisation without a learned scale.",
                            "Groeneveld et al. 2024, arXiv 2402.00838, as transformers computes it",
                            "0.1")));

    public static final Named<SourceDescriptor> SOURCES = new Named<>(
            "source",
            List.of(
                    new SourceDescriptor(
                            "pvc",
                            "pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?/.+",
                            "pvc://CLAIM/PATH",
                            "pvc://models/olmo-1b",
                            "A path in a PersistentVolumeClaim, in a cluster.",
                            "Kubernetes",
                            "0.1"),
                    new SourceDescriptor(
                            "file",
                            "file:.+",
                            "file:PATH",
                            "file:models/olmo-1b",
                            "A path on this machine, for a local run; a relative one begins at the manifest's folder.",
                            "RFC 8089, without a host",
                            "0.1"),
                    new SourceDescriptor(
                            "hf",
                            "hf://[A-Za-z0-9][-A-Za-z0-9._]*/[A-Za-z0-9][-A-Za-z0-9._]*(@(refs/(pr|convert)/)?[A-Za-z0-9][-A-Za-z0-9._]*)?",
                            "hf://OWNER/NAME[@REVISION]",
                            "hf://allenai/OLMo-1B-hf@main",
                            "A model on the Hugging Face Hub or its like; without a revision, its default branch.",
                            "huggingface_hub",
                            "0.2"),
                    new SourceDescriptor(
                            "hf-datasets",
                            "hf://datasets/[A-Za-z0-9][-A-Za-z0-9._]*/[A-Za-z0-9][-A-Za-z0-9._]*(@(refs/(pr|convert)/)?[A-Za-z0-9][-A-Za-z0-9._]*)?/.+",
                            "hf://datasets/OWNER/NAME[@REVISION]/FILE",
                            "hf://datasets/locuslab/TOFU/forget10.json",
                            "A file of a dataset there.",
                            "huggingface_hub",
                            "0.2"),
                    new SourceDescriptor(
                            "s3",
                            "s3://[a-z0-9][-a-z0-9.]+[a-z0-9]/[^?#]+([?](versionId|etags)=[-A-Za-z0-9._]+)?",
                            "s3://BUCKET/KEY",
                            "s3://requests/4711/forget.jsonl",
                            "An object in a store that speaks S3, or the folder of objects whose keys begin so.",
                            "Amazon S3",
                            "0.2"),
                    new SourceDescriptor(
                            "oci",
                            "oci://[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+(:[A-Za-z0-9_][-A-Za-z0-9._]*|(:[A-Za-z0-9_][-A-Za-z0-9._]*)?@sha256:[0-9a-f]{64})",
                            "oci://REGISTRY/REPOSITORY:TAG or @sha256:HEX",
                            "oci://registry.example.org/models/olmo-1b:4711",
                            "An artifact in an OCI registry: a ModelPack, or an image whose layers hold files.",
                            "OCI distribution 1.1, ModelPack",
                            "0.2")));

    /** Whatever has a name, sort by sort. */
    public static final List<Named<? extends Descriptor>> SORTS =
            List.of(RECIPES, OBJECTIVES, METHODS, SUITES, FAMILIES, SOURCES);

    private Catalog() {}
}
