namespace Implementation.Hypervisor;

public class Xen;

public class Domain;

public class Vcpu;
