package dev.lethe.unlearning.suite;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.InputFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * One subject of MMLU.
 *
 * @param name such as {@code abstract_algebra}
 * @param examples questions with answers that are shown before each question
 * @param questions what is asked
 */
record MmluSubject(String name, List<Item> examples, List<Item> questions) {

    private static final String TEST_SUFFIX = "_test.csv";
    private static final String LETTERS = "ABCD";
    private static final int COLUMNS = LETTERS.length() + 2;

    /** As pandas reads it: a quote inside a field is a character, text after a closing quote belongs to the field. */
    private static final CSVFormat CSV = CSVFormat.DEFAULT
            .builder()
            .setTrailingData(true)
            .setLenientEof(true)
            .get();

    /**
     * A question.
     *
     * @param text of the question
     * @param options four texts
     * @param answer A, B, C or D
     */
    record Item(String text, List<String> options, String answer) {}

    /**
     * All subjects of the standard folder: {@code test/SUBJECT_test.csv} and {@code dev/SUBJECT_dev.csv}, without a header;
     * a line is question, four options, letter of the answer.
     *
     * @param shots how many examples each subject needs
     * @return by name
     * @throws InvalidInput where a file is missing, is not of this form, or has too few examples
     */
    static List<MmluSubject> readAll(Path folder, int shots) {
        Path tests = folder.resolve("test");
        List<String> names;
        try (Stream<Path> files = Files.list(tests)) {
            names = files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(TEST_SUFFIX))
                    .map(file -> file.substring(0, file.length() - TEST_SUFFIX.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw InvalidInput.unreadable(tests, e);
        }
        if (names.isEmpty()) {
            throw InvalidInput.at(tests.toString(), "files", "none", "SUBJECT" + TEST_SUFFIX);
        }
        return names.stream().map(name -> read(folder, name, shots)).toList();
    }

    /**
     * The prompt for a question. The subject keeps the blank that open-instruct puts before each of its words, so that
     * two blanks follow "about".
     */
    String prompt(int shots, int question) {
        StringBuilder prompt = new StringBuilder("The following are multiple choice questions (with answers) about ");
        for (String word : name.split("_", -1)) {
            prompt.append(' ').append(word);
        }
        prompt.append(".\n\n");
        for (Item example : examples.subList(0, shots)) {
            append(prompt, example).append(' ').append(example.answer).append("\n\n");
        }
        return append(prompt, questions.get(question)).toString();
    }

    private static StringBuilder append(StringBuilder prompt, Item item) {
        prompt.append(item.text);
        for (int i = 0; i < item.options.size(); i++) {
            prompt.append('\n').append(LETTERS.charAt(i)).append(". ").append(item.options.get(i));
        }
        return prompt.append("\nAnswer:");
    }

    private static MmluSubject read(Path folder, String name, int shots) {
        Path dev = folder.resolve("dev").resolve(name + "_dev.csv");
        List<Item> examples = items(dev);
        if (examples.size() < shots) {
            throw InvalidInput.at(dev.toString(), "lines", String.valueOf(examples.size()), "at least " + shots);
        }
        List<Item> questions = items(folder.resolve("test").resolve(name + TEST_SUFFIX));
        return new MmluSubject(name, examples.subList(0, shots), questions);
    }

    /** The items of a file, options as {@link PandasColumn} says. */
    private static List<Item> items(Path file) {
        List<CSVRecord> records = records(file);
        List<List<String>> options = IntStream.range(1, COLUMNS - 1)
                .mapToObj(column -> PandasColumn.asRead(
                        records.stream().map(row -> row.get(column)).toList()))
                .toList();
        List<Item> items = new ArrayList<>(records.size());
        for (int i = 0; i < records.size(); i++) {
            int row = i;
            List<String> texts = options.stream().map(column -> column.get(row)).toList();
            items.add(new Item(records.get(i).get(0), texts, records.get(i).get(COLUMNS - 1)));
        }
        return items;
    }

    private static List<CSVRecord> records(Path file) {
        List<CSVRecord> records;
        try (CSVParser parser = CSVParser.parse(InputFile.regular(file), StandardCharsets.UTF_8, CSV)) {
            records = parser.getRecords();
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        } catch (UncheckedIOException e) {
            throw InvalidInput.unreadable(file, e.getCause());
        }
        for (CSVRecord row : records) {
            String where = file + " line " + row.getRecordNumber();
            if (row.size() != COLUMNS) {
                throw InvalidInput.at(where, "columns", String.valueOf(row.size()), "question, four options, letter");
            }
            String answer = row.get(COLUMNS - 1);
            if (answer.length() != 1 || !LETTERS.contains(answer)) {
                throw InvalidInput.at(where, "answer", "another text", "A, B, C or D");
            }
        }
        if (records.isEmpty()) {
            throw InvalidInput.at(file.toString(), "lines", "none", "question, four options, letter");
        }
        return records;
    }
}
