package dev.lethe.unlearning.suite;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.MembershipAttack;
import dev.lethe.unlearning.metric.TokenScores;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How well each {@link MembershipAttack} tells the forget rows from documents that the model never saw: an AUC of 1 says that
 * it still knows them, as {@code semeval2025/mia-auc} has it.
 */
public final class MembershipAttacks implements Suite {

    private static final List<MembershipAttack> ATTACKS = List.of(MembershipAttack.values());

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
        ATTACKS.forEach(attack -> coverage.put(metric(attack), of));
        return coverage;
    }

    /**
     * {@inheritDoc}
     *
     * <p>The folder gets {@code attacks.jsonl}: the score of each attack on each document, by its number.
     */
    @Override
    public SuiteResult measure(
            EvaluatedModel model, SuiteInputs inputs, SuiteSettings settings, Path folder, SuiteProgress progress) {
        MembershipInference membership = MembershipInference.ofAllRows(inputs);
        ResumableEvaluation evaluation = ResumableEvaluation.open(
                folder, descriptor(), model, inputs, settings, membership.questions(), progress);
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed());
        double k = settings.options().number("k");
        Map<String, double[]> scores = evaluation.numbers(
                DOCUMENTS,
                ATTACKS.stream().map(MembershipAttack::word).toList(),
                membership.documents(),
                batch -> scores(model, batch, k));
        Map<String, MetricOutcome> outcomes = new HashMap<>();
        ATTACKS.forEach(attack -> outcomes.put(
                metric(attack), membership.auc(scores.get(attack.word()), bootstrap.stream(metric(attack)))));
        return SuiteResult.of(outcomes);
    }

    private static List<double[]> scores(EvaluatedModel model, List<MembershipInference.Document> batch, double k) {
        List<String> texts =
                batch.stream().map(MembershipInference.Document::text).toList();
        List<TokenScores> scores = model.documentScores(texts);
        double[][] ofEach = new double[texts.size()][];
        Arrays.setAll(ofEach, i -> ATTACKS.stream()
                .mapToDouble(attack -> attack.score(texts.get(i), scores.get(i), k))
                .toArray());
        return List.of(ofEach);
    }

    private static String metric(MembershipAttack attack) {
        return "mia/" + attack.word() + "-auc";
    }
}
