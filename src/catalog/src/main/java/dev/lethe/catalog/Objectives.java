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
                    Option.above("beta", 0.1, 0, 100, "NPO's inverse temperature."),
                    Option.choice(
                            "reduction",
                            "batch-token-mean",
                            "How token losses become one number.",
                            "batch-token-mean: Δ from one token mean over the micro-batch: the published system's",
                            "seq-mean: Δ per row from its token mean; mean over rows",
                            "seq-sum: Δ per row from its token sum; mean over rows. This is NPO as its paper has it",
                            "per-token: the loss per answer token; mean over tokens"),
                    Option.choice(
                            "klMask",
                            "all",
                            "The positions that the KL term averages over.",
                            "all: every position, padding included: the published system's",
                            "non-pad: positions that hold a token",
                            "answer: positions that predict an answer token"),
                    Option.number("weights.forget", 0.4, 0, HEAVIEST, "The weight of NPO on forget rows."),
                    Option.number("weights.retain", 0.2, 0, HEAVIEST, "The weight of cross-entropy on retain rows."),
                    Option.number(
                            "weights.kl", 0.4, 0, HEAVIEST, "The weight of KL to the reference model on retain rows.")),
            Set.of(FORGET, RETAIN),
            true,
            "ZJUKLAB's system for SemEval-2025 Task 4 (zjunlp/unlearn, semeval25/unlearn-merging.py);"
                    + " NPO is Zhang et al. 2024, arXiv 2404.05868",
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
}
