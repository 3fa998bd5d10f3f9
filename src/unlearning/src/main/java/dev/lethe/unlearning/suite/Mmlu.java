package dev.lethe.unlearning.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Massive Multitask Language Understanding, 5-shot: the share of questions whose right letter gets the highest logit.
 *
 * <p>Source: D. Hendrycks et al., "Measuring Massive Multitask Language Understanding" (2021), as open-instruct's
 * {@code run_mmlu.py} measures it without a chat format, which the SemEval-2025 Task 4 evaluator takes its {@code
 * average_acc} from: all questions weigh the same, whatever their subject.
 */
public final class Mmlu implements Suite {

    private static final String ACCURACY = "mmlu/accuracy";
    private static final String NO_FOLDER = "no MMLU folder was named";
    private static final int SHOTS = 5;
    private static final int LONGEST_PROMPT = 2048;
    private static final List<String> LETTERS = List.of("A", "B", "C", "D");
    private static final List<String> OPTIONS =
            LETTERS.stream().map(letter -> " " + letter).toList();

    private static final ResumableEvaluation.QuestionType<Question> QUESTIONS =
            new ResumableEvaluation.QuestionType<>("mmlu.jsonl", "letter", Question::id, Question::length);

    @Override
    public SuiteDescriptor descriptor() {
        return Catalog.SUITES.find("mmlu").orElseThrow();
    }

    @Override
    public Map<String, Coverage> coverage(SuiteInputs inputs) {
        return Map.of(ACCURACY, ofAccuracy(inputs.file("mmlu")));
    }

    static Coverage ofAccuracy(@Nullable Path data) {
        return data == null
                ? Coverage.none("suites", NO_FOLDER, "")
                : Coverage.whole(data.toString(), questions(data).size());
    }

    @Override
    public SuiteResult measure(
            EvaluatedModel model, SuiteInputs inputs, SuiteSettings settings, Path folder, SuiteProgress progress) {
        Path data = inputs.file("mmlu");
        List<Question> questions = data == null ? List.of() : questions(data);
        Map<String, String> identity = data == null
                ? Map.of("subject", model.identity())
                : Map.of("subject", model.identity(), "mmlu", Digest.ofFolder(data));
        ResumableEvaluation evaluation =
                ResumableEvaluation.open(folder, identity, settings, questions.size(), progress);
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed()).stream(ACCURACY);
        return SuiteResult.of(Map.of(ACCURACY, accuracy(model, questions, evaluation, bootstrap)));
    }

    /** Every question of every subject in the folder, subjects by name. */
    static List<Question> questions(Path folder) {
        return MmluSubject.readAll(folder, SHOTS).stream().flatMap(Question::of).toList();
    }

    /** The share of right letters; not measured where there is no question, or where one has no finite logits. */
    static MetricOutcome accuracy(
            EvaluatedModel model, List<Question> questions, ResumableEvaluation evaluation, Bootstrap bootstrap) {
        if (questions.isEmpty()) {
            return new MetricOutcome.NotMeasured(NO_FOLDER);
        }
        List<JsonNode> letters = evaluation.answers(QUESTIONS, questions, batch -> letters(model, batch));
        long none = letters.stream().filter(JsonNode::isNull).count();
        if (none > 0) {
            return new MetricOutcome.NotMeasured(
                    "%d of %d questions have no finite logits".formatted(none, letters.size()));
        }
        double[] correct = new double[letters.size()];
        for (int i = 0; i < correct.length; i++) {
            correct[i] = questions.get(i).answer().equals(letters.get(i).textValue()) ? 1 : 0;
        }
        return new MetricOutcome.Measured(Estimate.mean(correct, bootstrap));
    }

    private static List<JsonNode> letters(EvaluatedModel model, List<Question> batch) {
        List<String> prompts =
                batch.stream().map(question -> prompt(model, question)).toList();
        double[][] logits = model.nextTokenLogits(prompts, OPTIONS);
        return Arrays.stream(logits)
                .<JsonNode>map(options -> Arrays.stream(options).allMatch(Double::isFinite)
                        ? JsonNodeFactory.instance.textNode(LETTERS.get(first(options)))
                        : JsonNodeFactory.instance.nullNode())
                .toList();
    }

    /** The prompt with as many examples, at most five, as leave it within 2048 tokens and the model's positions. */
    private static String prompt(EvaluatedModel model, Question question) {
        int longest = Math.min(LONGEST_PROMPT, model.positions());
        int tokens = 0;
        for (int shots = SHOTS; shots >= 0; shots--) {
            String prompt = question.subject().prompt(shots, question.index());
            tokens = model.tokenCount(prompt);
            if (tokens <= longest) {
                return prompt;
            }
        }
        throw InvalidInput.at(
                "mmlu " + question.id(), "question", tokens + " tokens without examples", "at most " + longest);
    }

    /** The index of the highest; the first one where several are. */
    private static int first(double[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    /** One question of a subject. */
    record Question(MmluSubject subject, int index) {

        static Stream<Question> of(MmluSubject subject) {
            return IntStream.range(0, subject.questions().size()).mapToObj(index -> new Question(subject, index));
        }

        String id() {
            return subject.name() + "/" + (index + 1);
        }

        String answer() {
            return subject.questions().get(index).answer();
        }

        int length() {
            return subject.prompt(SHOTS, index).length();
        }
    }
}
