package dev.lethe.unlearning.suite;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Templating;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import dev.lethe.unlearning.metric.RocAuc;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A membership inference attack: are documents that the model was trained on likelier than documents that it never saw?
 *
 * @param members documents that were trained on
 * @param nonMembers documents that were not
 * @param templates what tells them apart by their prompts' templates alone; empty where nothing does
 */
record MembershipInference(List<Document> members, List<Document> nonMembers, String templates) {

    /** Standard error of an AUC above which chance decides most gates. */
    private static final double TELLING = 0.1;

    private static final ResumableEvaluation.QuestionType<Document> DOCUMENTS = new ResumableEvaluation.QuestionType<>(
            "documents.jsonl", "nll", Document::id, document -> document.text().length());

    /** A document and its id in the journal. */
    record Document(String id, String text) {}

    /**
     * The documents that the inputs name: members default to the official ones of the forget set, non-members to none.
     *
     * @throws InvalidInput where a file that is named cannot be read or is not of its form
     */
    static MembershipInference ofTask3(SuiteInputs inputs) {
        return of(inputs, MembershipDocuments.ofForgetSet(inputs.forget().rows()));
    }

    /** The same, where members default to all rows of the forget set. */
    static MembershipInference ofAllRows(SuiteInputs inputs) {
        return of(inputs, inputs.forget().rows());
    }

    private static MembershipInference of(SuiteInputs inputs, List<Row> ofForgetSet) {
        List<Row> members = documents(inputs, "members", ofForgetSet);
        List<Row> nonMembers = documents(inputs, "nonMembers", List.of());
        Templating ofMembers = inputs.prompting().templating(members);
        Templating ofOthers = inputs.prompting().templating(nonMembers);
        return new MembershipInference(
                numbered("member", members),
                numbered("non-member", nonMembers),
                ofMembers == ofOthers
                        ? ""
                        : "members have template %s and non-members %s: it may be the template that is told"
                                .formatted(ofMembers.code(), ofOthers.code()));
    }

    private static List<Row> documents(SuiteInputs inputs, String input, List<Row> absent) {
        Path file = inputs.file(input);
        return file == null ? absent : MembershipDocuments.read(file, inputs.prompting());
    }

    /** On how many documents the attack is measured, and what chance alone does to its AUC where they are few. */
    Coverage coverage() {
        if (!measurable()) {
            return Coverage.none("suites", lack(), "");
        }
        double chance = RocAuc.standardErrorByChance(members.size(), nonMembers.size());
        String few = chance < TELLING
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%d members and %d non-members are few: an AUC of 0.5 has a standard error of %.2f",
                        members.size(),
                        nonMembers.size(),
                        chance);
        String lack = Stream.of(few, templates).filter(it -> !it.isEmpty()).collect(Collectors.joining("; "));
        return new Coverage("suites", questions(), questions(), lack, "");
    }

    /** How many documents there are to score. */
    int questions() {
        return documents().size();
    }

    /** All documents, members first; none where one of the two is missing. */
    List<Document> documents() {
        return measurable()
                ? Stream.concat(members.stream(), nonMembers.stream()).toList()
                : List.of();
    }

    /** The AUC of the mean loss. */
    MetricOutcome auc(EvaluatedModel model, ResumableEvaluation evaluation, Bootstrap bootstrap) {
        double[] nll = evaluation.numbers(
                DOCUMENTS,
                documents(),
                batch -> model.documentNll(batch.stream().map(Document::text).toList()));
        return auc(nll, bootstrap);
    }

    /**
     * The AUC of an attack.
     *
     * @param scores of {@link #documents}, lower for what looks like a member
     */
    MetricOutcome auc(double[] scores, Bootstrap bootstrap) {
        return measurable()
                ? MetricOutcome.of(
                        scores,
                        "documents have no finite likelihood",
                        all -> Estimate.membershipAuc(
                                Arrays.copyOf(all, members.size()),
                                Arrays.copyOfRange(all, members.size(), all.length),
                                bootstrap))
                : new MetricOutcome.NotMeasured(lack());
    }

    private String lack() {
        return nonMembers.isEmpty()
                ? "no file of non-members was named"
                : "no file of members was named, and the forget set has no Task3 row to complete";
    }

    private boolean measurable() {
        return !members.isEmpty() && !nonMembers.isEmpty();
    }

    private static List<Document> numbered(String kind, List<Row> documents) {
        return IntStream.range(0, documents.size())
                .mapToObj(i -> new Document(kind + " " + (i + 1), MembershipDocuments.of(documents.get(i))))
                .toList();
    }
}
