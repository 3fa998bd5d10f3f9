package dev.lethe.api.resource;

/** The syntax of the strings that a manifest holds: RE2 patterns and lengths, as the schemas use them. */
public final class Syntax {
    /** Where something is: the forms that the catalogue has. */
    public static final String URI = "^("
            + "pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?/.+"
            + "|file:.+"
            + "|hf://[A-Za-z0-9][-A-Za-z0-9._]*/[A-Za-z0-9][-A-Za-z0-9._]*(@(refs/(pr|convert)/)?[A-Za-z0-9][-A-Za-z0-9._]*)?"
            + "|hf://datasets/[A-Za-z0-9][-A-Za-z0-9._]*/[A-Za-z0-9][-A-Za-z0-9._]*(@(refs/(pr|convert)/)?[A-Za-z0-9][-A-Za-z0-9._]*)?/.+"
            + "|s3://[a-z0-9][-a-z0-9.]+[a-z0-9]/[^?#]+([?](versionId|etags)=[-A-Za-z0-9._]+)?"
            + "|oci://[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+(:[A-Za-z0-9_][-A-Za-z0-9._]*|(:[A-Za-z0-9_][-A-Za-z0-9._]*)?@sha256:[0-9a-f]{64})"
            + ")$";

    public static final int URI_LENGTH = 1024;

    /** A path elsewhere than on this machine never climbs out of where it begins. */
    public static final String CLIMBS = "^(pvc|hf|s3|oci):.*/[.][.](/|$)";

    public static final String DIGEST = "^sha256:[0-9a-f]{64}$";

    public static final int DIGEST_LENGTH = 71;

    /** A DNS label. */
    public static final String NAME = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /** What is left for a specialist's name in the names of a job's stages. */
    public static final int SPECIALIST_LENGTH = 20;

    public static final int LABEL_LENGTH = 63;

    /** A DNS subdomain, as Kubernetes names most objects. */
    public static final String OBJECT_NAME = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";

    public static final int OBJECT_NAME_LENGTH = 253;

    /** {@code suite/metric}, or {@code suite/metric/subtask}. */
    public static final String METRIC = "^[a-z0-9][-a-z0-9]*(/[A-Za-z0-9][-_.A-Za-z0-9]*)+$";

    public static final int METRIC_LENGTH = 128;

    /** The value of a label; it may be empty. */
    public static final String LABEL = "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$";

    /** The key of a label: a name, after a DNS subdomain and a slash where there is one. */
    public static final String LABEL_KEY =
            "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$";

    public static final int LABEL_KEY_LENGTH = 317;

    /** A Kubernetes quantity that is not negative. */
    public static final String QUANTITY =
            "^(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE][-+]?[0-9]+))?$";

    private Syntax() {}
}
