package dev.lethe.unlearning.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.catalog.SuiteDescriptor;
import dev.lethe.catalog.SuiteDescriptor.Form;
import dev.lethe.catalog.SuiteDescriptor.Input;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Asks a model the questions of a suite in batches, and keeps the answers in an {@link AnswerJournal} for each type of
 * question.
 *
 * <p>Batches are the same whether or not the work was interrupted: questions are sorted by length and cut into batches
 * before answered ones are left out, and a batch that lacks an answer is asked as a whole. So resumed work rounds as
 * uninterrupted work does.
 */
final class ResumableEvaluation {

    private final Path folder;
    private final int batchSize;
    private final AnswerSeals seals;
    private final long total;
    private final SuiteProgress progress;
    private long done;

    private ResumableEvaluation(Path folder, int batchSize, AnswerSeals seals, long total, SuiteProgress progress) {
        this.folder = folder;
        this.batchSize = batchSize;
        this.seals = seals;
        this.total = total;
        this.progress = progress;
    }

    /**
     * Begins or resumes work in a folder.
     *
     * @param of the identity of the work, kept in {@code work.jsonl}; it must be equal where work is resumed
     * @param total how many questions all calls of {@link #answers} together have
     * @throws InvalidInput where the folder holds other work
     */
    static ResumableEvaluation open(
            Path folder, Map<String, String> of, SuiteSettings settings, long total, SuiteProgress progress) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw InvalidInput.unwritable(folder, e);
        }
        AnswerJournal header = AnswerJournal.open(folder.resolve("work.jsonl"), "value", settings.seals());
        Map<String, JsonNode> expected = new LinkedHashMap<>();
        of.forEach((name, value) -> expected.put(name, JsonNodeFactory.instance.textNode(value)));
        header.answers().forEach((name, value) -> {
            if (!of.containsKey(name)) {
                throw InvalidInput.at(folder.toString(), "work.jsonl", "another entry", "an empty folder");
            }
            if (!value.equals(expected.get(name))) {
                throw InvalidInput.at(folder.toString(), name, value.asText(), of.get(name) + ", or an empty folder");
            }
        });
        header.add(expected);
        return new ResumableEvaluation(folder, settings.batchSize(), settings.seals(), total, progress);
    }

    /**
     * Begins or resumes the work of a suite: on the same model, rows as they are asked, inputs and options; batches may differ.
     *
     * @throws InvalidInput where the folder holds other work
     */
    static ResumableEvaluation open(
            Path folder,
            SuiteDescriptor suite,
            EvaluatedModel model,
            SuiteInputs inputs,
            SuiteSettings settings,
            long total,
            SuiteProgress progress) {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("subject", model.identity());
        identity.put("forget", inputs.forget().digest());
        identity.put("retain", inputs.retain().digest());
        settings.options().values().forEach((name, value) -> identity.put(name, String.valueOf(value)));
        identity.remove("batchSize");
        if (inputs.prompting().template().isPresent()) {
            identity.put("template", inputs.prompting().mode().name());
        }
        for (Input input : suite.inputs()) {
            Path file = inputs.file(input.name());
            if (file != null) {
                identity.put(input.name(), input.form() == Form.FOLDER ? Digest.ofFolder(file) : Digest.ofFile(file));
            }
        }
        return open(folder, identity, settings, total, progress);
    }

    /**
     * Every question's answer, found now or in an earlier run.
     *
     * @param ask answers a batch in its order
     * @return answers in the order of the questions
     */
    <Q> List<JsonNode> answers(QuestionType<Q> type, List<Q> questions, Function<List<Q>, List<JsonNode>> ask) {
        AnswerJournal journal = AnswerJournal.open(folder.resolve(type.file), type.field, seals);
        List<Q> sorted = new ArrayList<>(questions);
        sorted.sort(Comparator.comparingInt(type.length).reversed());
        for (int start = 0; start < sorted.size(); start += batchSize) {
            List<Q> batch = sorted.subList(start, Math.min(start + batchSize, sorted.size()));
            List<String> ids = batch.stream().map(type.id).toList();
            if (!journal.answers().keySet().containsAll(ids)) {
                journal.add(byId(ids, ask.apply(batch)));
            }
            done += batch.size();
            progress.advanced(done, total);
        }
        return questions.stream().map(type.id).map(journal.answers()::get).toList();
    }

    /** {@link #answers} that are numbers; a number that is not finite is kept as null and comes back as NaN. */
    <Q> double[] numbers(QuestionType<Q> type, List<Q> questions, Function<List<Q>, double[]> ask) {
        return answers(type, questions, batch -> nodes(ask.apply(batch))).stream()
                .mapToDouble(answer -> answer.isNull() ? Double.NaN : answer.doubleValue())
                .toArray();
    }

    /** Tells that work goes on which answers no question by itself. */
    void beat() {
        progress.advanced(done, total);
    }

    /**
     * {@link #answers} that are several numbers each, by name.
     *
     * @param names of the numbers
     * @param ask answers a batch in its order: a number for each name
     * @return for each name the numbers in the order of the questions; NaN for one that is not finite
     */
    <Q> Map<String, double[]> numbers(
            QuestionType<Q> type, List<String> names, List<Q> questions, Function<List<Q>, List<double[]>> ask) {
        List<JsonNode> answers = answers(type, questions, batch -> ask.apply(batch).stream()
                .map(numbers -> object(names, nodes(numbers)))
                .toList());
        Map<String, double[]> byName = new LinkedHashMap<>();
        names.forEach(name -> byName.put(
                name,
                answers.stream()
                        .map(answer -> answer.path(name))
                        .mapToDouble(number -> number.isNumber() ? number.doubleValue() : Double.NaN)
                        .toArray()));
        return byName;
    }

    private static JsonNode object(List<String> names, List<JsonNode> values) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < names.size(); i++) {
            object.set(names.get(i), values.get(i));
        }
        return object;
    }

    private static Map<String, JsonNode> byId(List<String> ids, List<JsonNode> answers) {
        Map<String, JsonNode> byId = new LinkedHashMap<>();
        for (int i = 0; i < ids.size(); i++) {
            byId.put(ids.get(i), answers.get(i));
        }
        return byId;
    }

    private static List<JsonNode> nodes(double[] numbers) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        List<JsonNode> nodes = new ArrayList<>(numbers.length);
        for (double number : numbers) {
            nodes.add(Double.isFinite(number) ? json.numberNode(number) : json.nullNode());
        }
        return nodes;
    }

    /**
     * How one type of question is journalled.
     *
     * @param file name of the journal
     * @param field name of an answer in it
     * @param id of a question, unique in its type
     * @param length of a question, in any unit: long ones are asked first, so that too little memory shows at once
     */
    record QuestionType<Q>(String file, String field, Function<Q, String> id, ToIntFunction<Q> length) {}
}
