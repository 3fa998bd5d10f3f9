package dev.lethe.unlearning.suite;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.metric.Bootstrap;
import dev.lethe.unlearning.metric.Estimate;
import dev.lethe.unlearning.metric.RocAuc;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A membership inference attack: are documents that the model was trained on likelier than documents that it never saw?
 *
 * @param members documents that were trained on
 * @param nonMembers documents that were not
 */
record MembershipInference(List<Document> members, List<Document> nonMembers) {

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
        return of(inputs, MembershipDocuments.ofRows(inputs.forget().rows()));
    }

    private static MembershipInference of(SuiteInputs inputs, List<String> ofForgetSet) {
        Path trainedOn = inputs.file("members");
        Path neverSeen = inputs.file("nonMembers");
        List<String> members = trainedOn == null ? ofForgetSet : MembershipDocuments.read(trainedOn);
        List<String> nonMembers = neverSeen == null ? List.of() : MembershipDocuments.read(neverSeen);
        return new MembershipInference(numbered("member", members), numbered("non-member", nonMembers));
    }

    /** On how many documents the attack is measured, and what chance alone does to its AUC where they are few. */
    Coverage coverage() {
        if (!measurable()) {
            return Coverage.none("suites", lack(), "");
        }
        double chance = RocAuc.standardErrorByChance(members.size(), nonMembers.size());
        String lack = chance < TELLING
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%d members and %d non-members are few: an AUC of 0.5 has a standard error of %.2f",
                        members.size(),
                        nonMembers.size(),
                        chance);
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

    private static List<Document> numbered(String kind, List<String> texts) {
        return IntStream.range(0, texts.size())
                .mapToObj(i -> new Document(kind + " " + (i + 1), texts.get(i)))
                .toList();
    }
}
