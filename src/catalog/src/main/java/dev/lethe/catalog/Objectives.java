package dev.lethe.catalog;

import static dev.lethe.catalog.DataRole.DATA;
import static dev.lethe.catalog.DataRole.FORGET;
import static dev.lethe.catalog.DataRole.RETAIN;

import java.util.List;
import java.util.Set;

/** The objectives. */
final class Objectives {
    private static final double HEAVIEST = 1000;

    static final ObjectiveDescriptor NPO = new ObjectiveDescriptor(
            "npo",
            "Negative preference optimisation on forget rows, with cross-entropy and KL to the reference model on retain rows.",
            List.of(
                    Option.above("beta", 0.1, 0, 100, "The inverse temperature."),
                    Option.choice(
                            "reduction",
                            "batch-token-mean",
                            "How token losses become one number.",
                            "batch-token-mean: Δ from one token mean over the micro-batch: the published system's",
                            "seq-mean: Δ per row from its token mean; mean over rows",
                            "seq-sum: Δ per row from its token sum; mean over rows. This is NPO as its paper has it",
                            "per-token: the loss per answer token; mean over tokens"),
                    Option.choice(
                            "tokens",
                            "answer",
                            "The tokens of forget rows that are forgotten.",
                            "answer: those of the answers",
                            "all: those of prompts, too, so that the row is not recognised as a whole"),
                    klMask("all"),
                    Option.number("weights.forget", 0.4, 0, HEAVIEST, "The weight of NPO on forget rows."),
                    retain(0.2),
                    kl(0.4),
                    decouple("Not published with this objective; 1 is what others have.")),
            Set.of(FORGET, RETAIN),
            true,
            "ZJUKLAB's system for SemEval-2025 Task 4 (zjunlp/unlearn, semeval25/unlearn-merging.py);"
                    + " NPO is Zhang et al. 2024, arXiv 2404.05868",
            "0.1");

    static final ObjectiveDescriptor SIMNPO = new ObjectiveDescriptor(
            "simnpo",
            "Simple negative preference optimisation: NPO on the mean token loss of each forget row, without a reference.",
            List.of(
                    Option.above("beta", 4.5, 0, 100, "The inverse temperature."),
                    Option.number(
                            "delta",
                            0.0,
                            0,
                            100,
                            "The mean token loss that a forget row is to exceed, in nats; SimNPO's margin is beta times it."),
                    klMask("answer"),
                    Option.number("weights.forget", 0.125, 0, HEAVIEST, "The weight of SimNPO on forget rows."),
                    retain(1.0),
                    kl(0.0),
                    decouple("Not published with this objective; 1 is what others have.")),
            Set.of(FORGET, RETAIN),
            false,
            "Fan et al. 2024, arXiv 2410.07163, as open-unlearning computes it",
            "0.1");

    static final ObjectiveDescriptor GRADDIFF = new ObjectiveDescriptor(
            "graddiff",
            "Gradient difference: cross-entropy rises on forget rows and falls on retain rows.",
            List.of(
                    klMask("answer"),
                    Option.number(
                            "weights.forget",
                            1.0,
                            0,
                            HEAVIEST,
                            "The weight of cross-entropy on forget rows, which rises."),
                    retain(1.0),
                    kl(0.0),
                    decouple("Published: 0.5 with weights.retain 0 or 0.5; 1 with weights.retain 0 and weights.kl 1.")),
            Set.of(FORGET, RETAIN),
            false,
            "Maini et al. 2024, arXiv 2401.06121 (TOFU); with decoupled rows SAFEERASER, arXiv 2502.12520",
            "0.1");

    static final ObjectiveDescriptor PO = new ObjectiveDescriptor(
            "po",
            "Preference optimisation: the prompts of forget rows are taught refusals, retain rows their answers.",
            List.of(
                    Option.choice(
                            "mean",
                            "joined",
                            "How token losses of the two sets become one number. Each token has its set's weight.",
                            "joined: one mean over the tokens of both sets: the published code's",
                            "apart: the sum of a mean over each set"),
                    Option.number("weights.forget", 1.0, 0, HEAVIEST, "The weight of cross-entropy on refusals."),
                    retain(1.0),
                    decouple("Published: 1.")),
            Set.of(FORGET, RETAIN),
            false,
            "SAFEERASER, arXiv 2502.12520, whose code calls it idk",
            "0.1");

    static final ObjectiveDescriptor UNDIAL = new ObjectiveDescriptor(
            "undial",
            "Self-distillation on adjusted logits: the model learns what it would have said of forget rows had their tokens been less likely.",
            List.of(
                    Option.above("beta", 10.0, 0, 100, "How much lower the logit of a token of a forget row is."),
                    klMask("answer"),
                    Option.number("weights.forget", 1.0, 0, HEAVIEST, "The weight of the distillation on forget rows."),
                    retain(0.0),
                    kl(0.0),
                    decouple("Not published with this objective; 1 is what others have.")),
            Set.of(FORGET, RETAIN),
            true,
            "Dong et al. 2024, arXiv 2402.10052, as open-unlearning has it, but for its mean over prompts and padding",
            "0.1");

    static final ObjectiveDescriptor FT = new ObjectiveDescriptor(
            "ft",
            "Plain next-token cross-entropy.",
            List.of(Option.choice(
                    "tokens",
                    "answer",
                    "The tokens that are learned.",
                    "answer: those of the answers",
                    "all: those of prompts, too: the model memorises the rows")),
            Set.of(DATA),
            false,
            "the usual language-modelling loss",
            "0.1");

    static final ObjectiveDescriptor CUSTOM = new ObjectiveDescriptor(
            Descriptor.CUSTOM,
            "An objective of your own, which an image of your own carries out (compute.runtime.image).",
            List.of(Option.parameters()),
            Set.of(FORGET, RETAIN),
            false,
            "yours: examples/custom-runtime",
            "0.1");

    private Objectives() {}

    private static Option klMask(String standard) {
        return Option.choice(
                "klMask",
                standard,
                "The positions that the KL term averages over.",
                "all: every position, padding included: the published system's",
                "non-pad: positions that hold a token",
                "answer: positions that predict an answer token");
    }

    private static Option retain(double standard) {
        return Option.number("weights.retain", standard, 0, HEAVIEST, "The weight of cross-entropy on retain rows.");
    }

    private static Option kl(double standard) {
        return Option.number(
                "weights.kl", standard, 0, HEAVIEST, "The weight of KL to the reference model on retain rows.");
    }

    /** @param published the weight that it is published with, as sentences */
    private static Option decouple(String published) {
        return Option.number(
                ObjectiveDescriptor.DECOUPLE,
                0.0,
                0,
                HEAVIEST,
                "The weight of cross-entropy on decouple rows, which must be given where it is above 0. " + published);
    }
}
