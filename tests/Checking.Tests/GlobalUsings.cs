// The concrete reading of the model: the same text over numbers.
global using ConcreteContent = Model.State.Content<Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number>;
global using ConcreteState = Model.State.State<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;
global using ConcreteSteps = Model.Steps.Steps<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;
