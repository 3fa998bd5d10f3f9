package dev.lethe.unlearning.suite;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.MembershipAttack;
import dev.lethe.unlearning.metric.TokenScores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How well each {@link MembershipAttack} tells the forget rows from documents that the model never saw: an AUC of 1 says that
 * it still knows them, as {@code semeval2025/mia-auc} has it.
 */
public final class MembershipAttacks implements Suite {

    private static final List<MembershipAttack> ATTACKS = List.of(MembershipAttack.values());

    /** The attack that has a model beside the one that is measured. */
    private static final String REFERENCE = "reference";

    private static final String NO_REFERENCE = "no reference model was named";

    private static final ResumableEvaluation.QuestionType<MembershipInference.Document> DOCUMENTS =
            new ResumableEvaluation.QuestionType<>(
                    "attacks.jsonl", "scores", MembershipInference.Document::id, document -> document.text()
                            .length());

    @Override
    public SuiteDescriptor descriptor() {
        return Catalog.SUITES.find("mia").orElseThrow();
    }

    @Override
    public Map<String, Coverage> coverage(SuiteInputs inputs) {
        Coverage of = MembershipInference.ofAllRows(inputs).coverage();
        Map<String, Coverage> coverage = new HashMap<>();
        ATTACKS.forEach(attack -> coverage.put(metric(attack.word()), of));
        coverage.put(
                metric(REFERENCE),
                of.measured() > 0 && inputs.file(REFERENCE) == null ? Coverage.none("suites", NO_REFERENCE, "") : of);
        return coverage;
    }

    /**
     * {@inheritDoc}
     *
     * <p>The folder gets {@code attacks.jsonl}: the score of each attack on each document, by its number.
     *
     * @throws InvalidInput where the reference model has another tokenizer
     */
    @Override
    public SuiteResult measure(
            EvaluatedModel model, SuiteInputs inputs, SuiteSettings settings, Path folder, SuiteProgress progress) {
        MembershipInference membership = MembershipInference.ofAllRows(inputs);
        ResumableEvaluation evaluation = ResumableEvaluation.open(
                folder, descriptor(), model, inputs, settings, membership.questions(), progress);
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed());
        double k = settings.options().number("k");
        Path folderOfReference = inputs.file(REFERENCE);
        List<String> attacks = Stream.concat(
                        ATTACKS.stream().map(MembershipAttack::word),
                        Stream.ofNullable(folderOfReference).map(_ -> REFERENCE))
                .toList();
        Map<String, MetricOutcome> outcomes = new HashMap<>();
        outcomes.put(metric(REFERENCE), new MetricOutcome.NotMeasured(NO_REFERENCE));
        try (ModelOnDemand reference =
                new ModelOnDemand(() -> model.other(Objects.requireNonNull(folderOfReference)))) {
            Map<String, double[]> scores = evaluation.numbers(
                    DOCUMENTS,
                    attacks,
                    membership.documents(),
                    batch -> scores(model, folderOfReference == null ? null : reference.get(), batch, k));
            attacks.forEach(attack ->
                    outcomes.put(metric(attack), membership.auc(scores.get(attack), bootstrap.stream(metric(attack)))));
        }
        return SuiteResult.of(outcomes);
    }

    /** In the order of the attacks, that with a reference last where there is one. */
    private static List<double[]> scores(
            EvaluatedModel model,
            @Nullable EvaluatedModel reference,
            List<MembershipInference.Document> batch,
            double k) {
        List<String> texts =
                batch.stream().map(MembershipInference.Document::text).toList();
        List<TokenScores> scores = model.documentScores(texts);
        List<TokenScores> others = reference == null ? List.of() : reference.documentScores(texts);
        List<double[]> ofEach = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            TokenScores own = scores.get(i);
            DoubleStream.Builder all = DoubleStream.builder();
            ATTACKS.forEach(attack -> all.add(attack.score(text, own, k)));
            if (!others.isEmpty()) {
                requireSameTokens(own, others.get(i));
                all.add(MembershipAttack.reference(own, others.get(i)));
            }
            ofEach.add(all.build().toArray());
        }
        return ofEach;
    }

    private static void requireSameTokens(TokenScores own, TokenScores other) {
        if (own.size() != other.size()) {
            throw InvalidInput.at(
                    "suites",
                    "mia.reference",
                    "a document of %d tokens".formatted(other.size()),
                    "%d, as the model that is measured has: one of the same tokenizer".formatted(own.size()));
        }
    }

    private static String metric(String attack) {
        return "mia/" + attack + "-auc";
    }
}
